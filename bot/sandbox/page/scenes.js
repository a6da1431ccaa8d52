/** Guided scenes: cards to choose from; while one plays, its sentence and where it stands. */

import { get, post } from "./door.js";
import { el, setText } from "./dom.js";
import { icon } from "./icons.js";
import { intro } from "./intro.js";
import { refusal, said, t, translate } from "./words.js";

const ENDS = { end: "scene-ended", failed: "scene-broke", stopped: "scene-stopped" };

/** Draws the scenes into `root`. */
export function mount(root, store, phones) {
  const panel = new Scenes(root, store, phones);
  if (store.town) panel.load();
  return panel;
}

class Scenes {
  constructor(root, store, phones) {
    this.store = store;
    this.phones = phones;
    this.scenes = [];
    this.now = null; // what plays or has just ended: {scene, number, says, state, error}
    this.pace = "auto";
    this.error = "";
    this.loaded = false;
    this.intro = intro({
      play: () => this.play(this.scenes[0]?.id),
      try: () => this.tryYourself(),
      gone: () => this.focusFirst(),
    });
    root.classList.add("scenes");
    root.setAttribute("aria-label", t("scene-title"));
    root.dataset.tLabel = "scene-title";
    root.replaceChildren(...[this.intro, this.chooser(), this.caption()].filter(Boolean));
    translate(root);
    store.addEventListener("ready", () => this.load());
    store.addEventListener("online", () => this.load());
    store.addEventListener("scene", (event) => this.onScene(event.detail));
    window.addEventListener("lang", () => this.draw());
    new ResizeObserver(() => {
      document.body.style.setProperty("--caption-size", `${root.offsetHeight}px`);
    }).observe(root);
    this.draw();
  }

  // What it is made of

  chooser() {
    this.list = el("ul", { class: "scene-list" });
    this.paces = ["auto", "step"].map((pace) =>
      el("button", { type: "button", "data-t": `scene-pace-${pace}`, data: { pace }, on: { click: () => this.setPace(pace) } }),
    );
    this.paceGroup = el("div", { class: "segments", role: "group", "data-t-label": "scene-pace" }, this.paces);
    this.chooseError = el("p", { class: "scene-error", role: "alert", hidden: true });
    return (this.choose = el(
      "div",
      { class: "scene-choose" },
      el(
        "div",
        { class: "scene-head" },
        el("h2", { "data-t": "scene-title" }),
        this.paceGroup,
      ),
      this.list,
      this.chooseError,
    ));
  }

  caption() {
    this.captionTitle = el("h2", { class: "caption-title" });
    this.captionStep = el("span", { class: "caption-step" });
    this.sentence = el("p", { class: "caption-sentence" });
    this.bar = el("progress", { class: "caption-progress", "data-t-label": "scene-progress", max: "1", value: "0" });
    this.nextButton = el("button", { type: "button", class: "primary", on: { click: () => this.next() } }, icon("next"), el("span", { "data-t": "scene-next" }));
    this.stopButton = el("button", { type: "button", on: { click: () => this.stop() } }, icon("stop"), el("span", { "data-t": "scene-stop" }));
    this.anotherButton = el("button", { type: "button", class: "primary", on: { click: () => this.another() } }, icon("play"), el("span"));
    this.backButton = el("button", { type: "button", "data-t": "scene-all", on: { click: () => this.back() } });
    this.selfButton = el("button", { type: "button", "data-t": "scene-self", on: { click: () => this.tryYourself() } });
    const live = el("div", { class: "caption-live", role: "status", "aria-atomic": "true" }, this.sentence);
    return (this.captionBox = el(
      "div",
      { class: "caption", hidden: true },
      el("div", { class: "caption-head" }, this.captionTitle, this.captionStep),
      live,
      el("div", { class: "caption-acts" }, this.nextButton, this.stopButton, this.anotherButton, this.selfButton, this.backButton),
      this.bar,
    ));
  }

  card(scene, index) {
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "scene-card", title: said(scene.says), data: { scene: scene.id }, on: { click: () => this.play(scene.id) } },
        el("span", { class: "scene-card-title" }, icon("play"), el("span", {}, `${index + 1}. ${said(scene.title)}`)),
        el("span", { class: "scene-card-says" }, said(scene.says)),
      ),
    );
  }

  // What happens

  async load() {
    try {
      const found = await get("/control/scenes");
      this.scenes = found.scenes ?? [];
      this.loaded = true;
      this.error = "";
      const { playing } = found;
      if (playing && this.now?.scene !== playing.scene) {
        const { scene, number, paused, says = null } = playing;
        this.now = { scene, number, says, state: "step" };
        if (paused) this.pace = "step";
      } else if (!playing && ["begin", "step"].includes(this.now?.state)) {
        this.now = null;
      }
    } catch (error) {
      this.error = this.scenes.length ? refusal(error) : "";
    }
    this.draw();
  }

  setPace(pace) {
    this.pace = pace;
    this.draw();
  }

  async play(id) {
    if (!id) return;
    if (await this.ask({ do: "play", scene: id, pace: this.pace })) {
      this.now ??= { scene: id, number: 0, state: "begin", says: null };
      if (!this.playing) this.now = { scene: id, number: 0, state: "begin", says: null };
      this.draw();
      (this.pace === "step" ? this.nextButton : this.stopButton).focus({ preventScroll: true });
    }
  }

  next() {
    return this.ask({ do: "next" });
  }

  stop() {
    return this.ask({ do: "stop" });
  }

  another() {
    const at = this.scenes.findIndex((scene) => scene.id === this.now?.scene);
    this.play(this.scenes[(at + 1) % this.scenes.length]?.id);
  }

  back() {
    this.now = null;
    this.draw();
    this.focusFirst();
    this.list.scrollIntoView({ block: "nearest" });
  }

  tryYourself() {
    this.now = null;
    this.draw();
    const [first] = this.store.town ? this.phones.first() : [];
    if (first) this.phones.open(first)?.show(first, { focus: true });
  }

  async ask(body) {
    try {
      await post("/control/scenes", body);
      this.error = "";
      return true;
    } catch (error) {
      this.error = refusal(error);
      this.draw();
      return false;
    }
  }

  onScene(event) {
    this.error = "";
    const before = this.now?.scene === event.scene ? this.now : {};
    this.now = { ...before, ...event, says: event.says ?? before.says ?? null };
    if (event.state === "begin") {
      if (event.phones?.length) this.phones.set(event.phones);
      this.showPhones();
    }
    if (event.focus?.chat) this.phones.highlight(event.focus);
    this.draw();
    if (!this.playing) this.handOver();
  }

  /** On a small screen the phones lie below: they come up under the caption. */
  showPhones() {
    this.draw();
    if (window.matchMedia("(width < 768px)").matches) {
      document.getElementById("phones")?.scrollIntoView({ block: "start" });
    }
  }

  /** The button that had the focus is gone: the next sensible one takes it. */
  handOver() {
    if ([this.nextButton, this.stopButton].includes(document.activeElement) || document.activeElement === document.body) {
      this.anotherButton.focus({ preventScroll: true });
    }
  }

  focusFirst() {
    if (document.activeElement === document.body || document.activeElement?.hidden) {
      this.list.querySelector("button")?.focus({ preventScroll: true });
    }
  }

  // How it looks now

  get playing() {
    return ["begin", "step"].includes(this.now?.state);
  }

  draw() {
    const { now } = this;
    this.choose.hidden = Boolean(now);
    document.body.classList.toggle("captioned", Boolean(now));
    if (this.intro) this.intro.hidden = Boolean(now) || (this.loaded && !this.scenes.length);
    this.paceGroup.hidden = !this.scenes.length;
    this.captionBox.hidden = !now;
    for (const button of this.paces) {
      button.setAttribute("aria-pressed", String(button.dataset.pace === this.pace));
    }
    this.chooseError.hidden = !this.error || Boolean(now);
    setText(this.chooseError, this.error);
    const drawn = `${document.documentElement.lang} ${this.loaded} ${JSON.stringify(this.scenes)}`;
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.list.replaceChildren(...this.scenes.map((scene, index) => this.card(scene, index)));
      if (this.loaded && !this.scenes.length) this.list.replaceChildren(el("li", { class: "scene-none" }, t("scene-none")));
    }
    if (now) this.drawCaption(now);
  }

  drawCaption(now) {
    const scene = this.scenes.find((one) => one.id === now.scene);
    const steps = scene?.steps ?? 0;
    const ended = now.state === "end";
    this.captionBox.dataset.state = now.state;
    setText(this.captionTitle, said(scene?.title));
    setText(this.captionStep, this.stepText(now, steps));
    setText(this.sentence, this.error || said(now.says) || said(scene?.says));
    this.bar.value = ended ? 1 : steps ? Math.min(1, (now.number ?? 0) / steps) : 0;
    this.nextButton.hidden = !this.playing || (this.pace !== "step" && !now.paused);
    this.stopButton.hidden = !this.playing;
    this.anotherButton.hidden = this.playing;
    this.selfButton.hidden = this.playing;
    this.backButton.hidden = this.playing;
    const at = this.scenes.indexOf(scene);
    const following = this.scenes[(at + 1) % (this.scenes.length || 1)];
    setText(this.anotherButton.lastElementChild, t("scene-another", { title: said(following?.title) }));
  }

  stepText(now, steps) {
    if (now.state in ENDS) return t(ENDS[now.state]);
    if (!now.number) return t("scene-setting");
    return t("scene-step", { number: now.number, steps: Math.max(steps, now.number) });
  }
}
