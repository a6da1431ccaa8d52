/** The bar in the place of the text field while a voice message is being recorded. */

import { el } from "./dom.js";
import { Recording } from "./voice.js";
import { t } from "./words.js";
import { lengthOf } from "./when.js";

const TICK = 200; // milliseconds between two looks at the length

export class Recorder {
  #recording = null;
  #timer = 0;

  /** `changed()` is called when recording begins and ends. */
  constructor(changed) {
    this.changed = changed;
    this.length = el("time");
    this.root = el(
      "div.recording",
      { hidden: true },
      el("span.dot"),
      this.length,
      el("span", { role: "status" }, t("composer-recording")),
      el("button.link", { type: "button", on: { click: () => this.drop() } }, t("phone-cancel")),
    );
  }

  get isOn() {
    return this.#recording !== null;
  }

  /** Begins; throws when there is no microphone or it is not allowed. */
  async begin() {
    this.#recording = await Recording.begin();
    this.#timer = setInterval(
      () => (this.length.textContent = lengthOf(this.#recording.seconds)),
      TICK,
    );
    this.#shown(true);
  }

  /** Ends; gives the voice message. */
  stop() {
    return this.#end().stop();
  }

  /** Ends and forgets what was recorded, if anything is. */
  drop() {
    if (this.isOn) this.#end().drop();
  }

  #end() {
    const recording = this.#recording;
    this.#recording = null;
    clearInterval(this.#timer);
    this.#shown(false);
    return recording;
  }

  #shown(on) {
    this.root.hidden = !on;
    this.length.textContent = lengthOf(0);
    this.changed();
  }
}
