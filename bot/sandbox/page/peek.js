/**
 * What the side panel and the clock's buttons know of the inside: one asker for both.
 *
 * `Peek` asks `/control/inside` again soon after anything happened, never twice at a time, and
 * dispatches "change" when there is an answer. `data` is the last answer (see
 * bot/services/inside.py), `error` the sentence of the last refusal, else null, `code` its code.
 */

import { get } from "./door.js";
import { lang, refusal } from "./words.js";

const EVENTS = [
  "ready", "online", "message", "edit", "delete", "confirmed", "answer", "clock", "bot", "scene", "town", "clear",
];
const SOON = 350; // milliseconds in which several events make one question
const LATER = 1500; // a second look: what an event set going is finished by then

export class Peek extends EventTarget {
  constructor(store) {
    super();
    this.data = null;
    this.error = null;
    this.code = "";
    this.chosen = null;
    this.soon = null;
    this.later = null;
    this.asking = false;
    this.again = false;
    for (const kind of EVENTS) store.addEventListener(kind, () => this.stir());
    window.addEventListener("lang", () => this.ask());
  }

  /** Follow the case with this number, or the one touched last when it is null. */
  choose(number) {
    this.chosen = number || null;
    return this.ask();
  }

  /** Ask soon, and once more a little later. */
  stir() {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      this.ask();
    }, SOON);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.ask(), LATER);
  }

  /** Ask now; one question at a time. */
  async ask() {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    const query = new URLSearchParams({ lang: lang() });
    if (this.chosen) query.set("case", this.chosen);
    try {
      this.data = await get(`/control/inside?${query}`);
      this.error = null;
      this.code = "";
    } catch (error) {
      this.data = error.offline ? this.data : null;
      this.error = refusal(error);
      this.code = error.code ?? "";
    }
    this.asking = false;
    this.dispatchEvent(new Event("change"));
    if (this.again) {
      this.again = false;
      this.stir();
    }
  }
}

const peeks = new WeakMap();

/** The one Peek of a store. */
export function peekOf(store) {
  if (!peeks.has(store)) peeks.set(store, new Peek(store));
  return peeks.get(store);
}
