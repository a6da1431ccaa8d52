/**
 * How the page looks and speaks: light, dark or as the system, and its language.
 *
 * Importing this module applies the choice that this browser keeps. `lookSwitches()` gives the
 * two buttons of the bar.
 */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { lang, setLang, t } from "./words.js";

const STORED = "huying-theme";
const THEMES = ["auto", "light", "dark"];

let chosen = remembered();
apply();

function remembered() {
  try {
    const kept = localStorage.getItem(STORED);
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return "auto"; // storage is forbidden here
  }
}

function apply() {
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** The choice in force: "auto", "light" or "dark". */
export function theme() {
  return chosen;
}

/** Takes "auto", "light" or "dark" from now on, and keeps it in this browser. */
export function setTheme(choice) {
  if (!THEMES.includes(choice)) return;
  chosen = choice;
  try {
    localStorage.setItem(STORED, choice);
  } catch {
    // it then holds until the page is left
  }
  apply();
}

/** The language button (says the other language's name) and the theme button (goes round). */
export function lookSwitches() {
  const language = el("button", { type: "button", class: "quiet look-lang" });
  const appearance = el("button", { type: "button", class: "quiet icon-only look-theme" });
  const draw = () => {
    const other = lang() === "zh" ? "en" : "zh";
    language.replaceChildren(icon("language"), el("span", {}, t(`look-to-${other}`)));
    language.setAttribute("lang", other === "zh" ? "zh-Hans" : "en");
    const label = t("look-theme", { theme: t(`look-theme-${chosen}`) });
    appearance.replaceChildren(icon(chosen));
    appearance.setAttribute("aria-label", label);
    appearance.title = label;
  };
  language.addEventListener("click", () => setLang(lang() === "zh" ? "en" : "zh"));
  appearance.addEventListener("click", () => {
    setTheme(THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length]);
    draw();
  });
  window.addEventListener("lang", draw);
  draw();
  return [language, appearance];
}
