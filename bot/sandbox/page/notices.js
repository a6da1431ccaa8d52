/** The one line under the bar: what goes on, what was refused, what is wrong with the bot. */

import { el, setText } from "./dom.js";
import { refusal, t } from "./words.js";

const ORDER = ["offline", "refused", "setting-up", "bot", "cut", "moving", "news"];
const FADES = 15_000; // milliseconds for which good news stands

/**
 * Several may have something to say; the first of `ORDER` is shown. A notice is {text, kind,
 * act?, part?}: `text()` gives its sentence in the language in force; `kind` is "bad", "busy" or
 * "good"; `act` is [key of the button's label, what it does]; `part` from 0 to 1 is progress.
 */
export class Notices {
  #all = new Map();
  #act = null;
  #fading = null;

  constructor() {
    this.text = el("p", { class: "bar-notice-text", role: "status" });
    this.progress = el("progress", { max: "1", "data-t-label": "bar-moving-label", hidden: true });
    this.button = el("button", { type: "button", class: "bar-notice-act", hidden: true });
    this.button.addEventListener("click", () => this.#act?.());
    this.root = el("div", { class: "bar-notice empty" }, this.text, this.progress, this.button);
    window.addEventListener("lang", () => this.#draw());
  }

  /** The server is there again: a wish that did not reach it is no longer of interest. */
  online() {
    this.set("offline", null);
    if (this.#all.get("refused")?.offline) this.set("refused", null);
  }

  /** Says this in the name of `name` (one of ORDER); null takes it back. */
  set(name, notice) {
    if (notice) this.#all.set(name, notice);
    else this.#all.delete(name);
    this.#draw();
  }

  /** Good news: the word of `key`, which goes away by itself. Without a key there is none. */
  tell(key, params = {}) {
    clearTimeout(this.#fading);
    this.set("news", key && { text: () => t(key, params), kind: "good", act: this.#dismiss("news") });
    if (key) this.#fading = setTimeout(() => this.set("news", null), FADES);
  }

  /** What `asking` (a promise) gives; null when it is refused, which is then said. */
  async attempt(asking) {
    this.set("refused", null);
    try {
      return (await asking) ?? true;
    } catch (error) {
      const { offline } = error;
      const act = this.#dismiss("refused");
      this.set("refused", { text: () => refusal(error), kind: "bad", act, offline });
      return null;
    }
  }

  #dismiss(name) {
    return ["bar-dismiss", () => this.set(name, null)];
  }

  #draw() {
    const first = ORDER.find((name) => this.#all.has(name));
    const { text, kind, act, part } = this.#all.get(first) ?? { text: () => "", kind: "" };
    setText(this.text, text());
    this.root.dataset.kind = kind;
    this.root.classList.toggle("empty", !first);
    const [label, action] = act ?? [];
    this.#act = action;
    this.button.hidden = !act;
    setText(this.button, label ? t(label) : "");
    this.progress.hidden = part === undefined;
    if (part !== undefined) this.progress.value = part;
  }
}
