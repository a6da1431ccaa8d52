/** The languages of Telegram that the bot speaks, and whose phone speaks which. */

import { lang } from "./words.js";

/** [language_code, its name, how it is called where there is little room]. */
export const LANGUAGES = [
  ["zh-hans", "简体中文", "简"],
  ["zh-hant", "繁體中文", "繁"],
  ["en", "English", "EN"],
];

/** The entry for somebody's `language_code`; the first for one that the bot does not speak. */
export function languageOf(user) {
  const code = (user?.language_code ?? "").toLowerCase();
  return (
    LANGUAGES.find(([one]) => one === code) ??
    LANGUAGES.find(([one]) => one === code.split("-")[0]) ??
    LANGUAGES[0]
  );
}

/** Whether somebody's Telegram speaks the page's language, in whichever script. */
export function speaksOurs(user) {
  return languageOf(user)[0].startsWith(lang());
}
