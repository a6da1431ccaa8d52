/** The town's clock in the bar, and the buttons that move it. */

import { dayOf, moment, timeOf } from "./dates.js";
import { post } from "./door.js";
import { el, setText } from "./dom.js";
import { icon } from "./icons.js";
import { t, timerName } from "./words.js";

const TICK = 1000; // milliseconds between two looks at the clock
const MINUTE = 60_000;
const STEPS = ["hour", "deadline", "morning"];

export class TownClock {
  /** On its way: {from, now, until, passes}; null while it just goes. */
  #moving = null;
  /** What is due on the way, by the minute: known before it happens, gone once it has. */
  #due = new Map();

  constructor(store, peek, notices) {
    this.store = store;
    this.peek = peek;
    this.notices = notices;
    this.root = this.#make();
    store.addEventListener("clock", ({ detail }) => this.#heard(detail));
    for (const kind of ["ready", "online"]) store.addEventListener(kind, () => this.#arrive());
    peek.addEventListener("change", () => this.draw());
    window.addEventListener("lang", () => this.draw());
    setInterval(() => this.#tick(), TICK);
    this.draw();
  }

  #make() {
    this.time = el("time", { class: "bar-time" });
    this.day = el("span", { class: "bar-day" });
    this.hours = el("span", { class: "chip", hidden: true });
    this.buttons = new Map(STEPS.map((to) => [to, this.#button(to)]));
    this.steps = el("div", { class: "bar-steps" }, [...this.buttons.values()]);
    const date = el("span", { class: "bar-date" }, this.day, this.hours);
    return el(
      "div",
      { class: "bar-town", role: "group", "data-t-label": "bar-clock" },
      el("p", { class: "bar-clock" }, this.time, date),
      this.steps,
    );
  }

  #button(to) {
    const words = el("span", { class: "bar-step-words" }, el("span", { "data-t": `bar-to-${to}` }), el("small"));
    const on = { click: () => this.#move(to) };
    return el("button", { type: "button", class: "bar-step", data: { to }, on }, icon(to), words);
  }

  get #zone() {
    return this.store.town?.zone ?? "UTC";
  }

  async #move(to) {
    if (this.#moving) return;
    this.notices.tell(null);
    this.#setOut(this.store.now());
    this.draw();
    if (!(await this.notices.attempt(post("/control/time", { to })))) this.#arrive();
  }

  #setOut(now) {
    this.#due.clear();
    this.#moving = { from: now, now, until: null, passes: "" };
    this.#noteTimers();
  }

  #arrive() {
    this.#moving = null;
    this.draw();
  }

  #noteTimers() {
    for (const timer of this.peek.data?.timers ?? []) {
      this.#due.set(Math.floor(new Date(timer.due) / MINUTE), timer.kind);
    }
  }

  #heard(event) {
    const now = new Date(event.now);
    if (event.moving) {
      if (!this.#moving) this.#setOut(now);
      this.#moving.now = now;
      this.#moving.until = event.until ? new Date(event.until) : null;
      this.#moving.passes = this.#due.get(Math.floor(now / MINUTE)) ?? "";
    } else if (this.#moving) {
      const key = event.why === "bot-stopped" ? "bar-arrived-alone" : "bar-arrived";
      this.notices.tell(key, { when: this.#inFull(now) });
      this.#moving = null;
    }
    this.draw();
  }

  #inFull(at) {
    return `${dayOf(at, this.#zone)} ${timeOf(at, this.#zone)}`;
  }

  #tick() {
    if (!this.store.town) return;
    const now = this.#moving?.now ?? this.store.now();
    setText(this.time, timeOf(now, this.#zone));
    this.time.dateTime = now.toISOString();
    setText(this.day, dayOf(now, this.#zone));
  }

  draw() {
    if (this.#moving) this.#noteTimers();
    this.#tick();
    const { data, code } = this.peek;
    this.hours.hidden = !data?.hours;
    if (data?.hours) {
      setText(this.hours, t(`bar-hours-${data.hours}`));
      this.hours.classList.toggle("chip-quiet", data.hours !== "work");
    }
    this.steps.hidden = code === "alone"; // nobody would do anything meanwhile
    const next = data?.next_deadline;
    for (const [to, button] of this.buttons) {
      button.setAttribute("aria-disabled", String(Boolean(this.#moving)));
      const when = to === "deadline" && next ? moment(next, this.store.now(), this.#zone) : "";
      setText(button.querySelector("small"), when);
    }
    this.notices.set("moving", this.#moving && { text: () => this.#says(), kind: "busy", part: this.#part() });
  }

  #says() {
    const { now, until, passes } = this.#moving ?? {};
    if (!until) return t("bar-setting-out");
    const told = { where: this.#inFull(now), goal: this.#inFull(until), what: timerName(passes) };
    return t(told.what ? "bar-passing" : "bar-moving", told);
  }

  #part() {
    const { from, now, until } = this.#moving;
    return until > from ? Math.min(1, (now - from) / (until - from)) : undefined;
  }
}
