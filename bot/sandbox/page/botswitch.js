/** The bot's process in the bar: its state, and the two ways to break it and to mend it again. */

import { get, post } from "./door.js";
import { el, setText } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

export class BotSwitch {
  #state = ""; // "running", "starting", "stopped"; "" where there is no bot
  #cut = false;
  #died = false;
  #wasDown = false;

  constructor(store, notices) {
    this.store = store;
    this.notices = notices;
    this.root = this.#make();
    store.addEventListener("bot", ({ detail }) => this.#heard(detail));
    for (const kind of ["ready", "online", "town", "breaks"]) store.addEventListener(kind, () => this.#look());
    window.addEventListener("lang", () => this.draw());
    this.draw();
  }

  #make() {
    this.dot = el("span", { class: "bar-dot", "aria-hidden": "true" });
    this.state = el("span", { class: "bar-bot-word" });
    this.kill = el("button", { type: "button", on: { click: () => this.#killOrStart() } });
    this.cut = el("button", { type: "button", on: { click: () => this.#cutOrMend() } });
    const details = el(
      "details",
      { class: "bar-bot" },
      el("summary", { class: "quiet" }, this.dot, this.state, icon("down")),
      el(
        "div",
        { class: "bar-break" },
        el("h2", { "data-t": "bar-break-title" }),
        el("p", { "data-t": "bar-kill-proves" }),
        this.kill,
        el("p", { "data-t": "bar-cut-proves" }),
        this.cut,
      ),
    );
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!details.contains(event.target)) details.open = false;
    });
    return details;
  }

  async #look() {
    const alone = !this.store.town?.cast?.length; // or the town is still being set up
    try {
      this.#state = alone ? "" : (await get("/control/bot")).state;
      this.#cut = (await get("/control/breaks")).some((rule) => rule.kind === "cut");
    } catch {
      this.#state = ""; // "online" looks again
    }
    this.#wasDown ||= this.#state === "stopped";
    this.draw();
  }

  #heard({ state, died }) {
    this.#died = Boolean(died);
    if (state === "stopped") this.#wasDown = true;
    if (state === "running" && this.#wasDown) {
      this.#wasDown = false;
      this.notices.tell("bar-bot-back");
    }
    this.#state = state;
    this.draw();
  }

  async #killOrStart() {
    const kill = this.#state !== "stopped";
    await this.notices.attempt(post("/control/bot", { do: kill ? "kill" : "start" }));
  }

  async #cutOrMend() {
    const [path, body] = this.#cut ? ["mend", {}] : ["break", { kind: "cut", count: null }];
    if (!(await this.notices.attempt(post(`/control/${path}`, body)))) return;
    this.#cut = !this.#cut;
    this.notices.tell(this.#cut ? null : "bar-mended");
    this.draw();
  }

  draw() {
    this.root.hidden = !this.#state;
    const down = this.#state === "stopped";
    const shown = this.#cut && this.#state === "running" ? "cut" : this.#state;
    this.dot.dataset.state = shown;
    setText(this.state, shown ? t(`bar-bot-${shown}`) : "");
    setText(this.kill, t(down ? "bar-start" : "bar-kill"));
    this.kill.classList.toggle("danger", !down);
    setText(this.cut, t(this.#cut ? "bar-mend" : "bar-cut"));
    this.notices.set("bot", this.#notice());
    const mend = ["bar-mend", () => this.#cutOrMend()];
    this.notices.set("cut", this.#cut && { text: () => t("bar-is-cut"), kind: "bad", act: mend });
  }

  #notice() {
    if (this.#state === "starting") return { text: () => t("bar-bot-waking"), kind: "busy" };
    if (this.#state !== "stopped") return null;
    const key = this.#died ? "bar-bot-died" : "bar-bot-dead";
    return { text: () => t(key), kind: "bad", act: ["bar-start", () => this.#killOrStart()] };
  }
}
