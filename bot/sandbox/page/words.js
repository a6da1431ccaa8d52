/**
 * The page's words, in two languages.
 *
 * `t(key, params)` gives the text of a key in the language in force. A text is a string with
 * `{name}` placeholders, or an object by plural form ({"one": …, "other": …}), which is chosen
 * by `params.count`. An unknown key comes back as itself, so that a gap is seen, not hidden.
 * `setLang` keeps the choice in this browser and dispatches "lang" on `window`; whoever has
 * drawn text draws it again then. Fixed text in HTML carries its key in `data-t` (and
 * `data-t-label`, `data-t-title`, `data-t-placeholder`): `translate` fills it in.
 */

const STORED = "huying-lang";
const LANGS = ["zh", "en"];
const TAGS = { zh: "zh-Hans", en: "en" };

const read = async (code) => (await fetch(new URL(`words.${code}.json`, import.meta.url))).json();
const [zh, en] = await Promise.all(LANGS.map(read));
const words = { zh, en };

let current = remembered() ?? guessed();
document.documentElement.lang = TAGS[current];

function remembered() {
  try {
    const kept = localStorage.getItem(STORED);
    return LANGS.includes(kept) ? kept : null;
  } catch {
    return null; // storage is forbidden here: the guess does
  }
}

function guessed() {
  return (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** The language in force: "zh" or "en". */
export function lang() {
  return current;
}

/** The language in force as a tag for `Intl` and `lang` attributes: "zh-Hans" or "en". */
export function langTag() {
  return TAGS[current];
}

/** Takes "zh" or "en" as the page's language from now on. */
export function setLang(code) {
  if (!LANGS.includes(code) || code === current) return;
  current = code;
  try {
    localStorage.setItem(STORED, code);
  } catch {
    // it then holds until the page is left
  }
  document.documentElement.lang = TAGS[code];
  translate(document);
  window.dispatchEvent(new CustomEvent("lang", { detail: code }));
}

/** The text of `key`; `params` fills its `{placeholders}`, `params.count` picks the plural. */
export function t(key, params = {}) {
  const entry = words[current][key];
  if (entry === undefined) return key;
  const form = typeof entry === "string" ? entry : plural(entry, params.count);
  return form.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
}

function plural(forms, count) {
  return forms[new Intl.PluralRules(TAGS[current]).select(Number(count ?? 0))] ?? forms.other;
}

/** The sentence of `both` ({zh, en}) in the language in force; a plain string stays itself. */
export function said(both) {
  if (both === null || both === undefined) return "";
  return typeof both === "string" ? both : (both[current] ?? both.zh ?? both.en ?? "");
}

/** What a wish in vain says: the page's own words where it has any, else the server's sentence. */
export function refusal(error) {
  if (error.offline) return t("phone-offline");
  const key = `refusal-${error.code}`;
  return key in words[current] ? t(key) : error.message;
}

/** What a timer does, as in "stage respond due"; "" for a kind that has no words. */
export function timerName(kind) {
  const [name, clock, stage] = String(kind).split(" ");
  const keys = clock ? [`inside-clock-${clock}`, `inside-stage-${stage}`] : [`inside-timer-${name}`];
  return keys.every((key) => key in words[current]) ? keys.map((key) => t(key)).join(" · ") : "";
}

/** Fills in every `data-t…` under `root`. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const [name, attribute] of ATTRIBUTES) {
    for (const node of root.querySelectorAll(`[data-t-${name}]`)) {
      node.setAttribute(attribute, t(node.getAttribute(`data-t-${name}`)));
    }
  }
}

const ATTRIBUTES = [
  ["label", "aria-label"],
  ["title", "title"],
  ["placeholder", "placeholder"],
];
