/** Files that have been chosen and not been sent yet, with a small picture of each. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { asBody, asDraft, prepare, sizeOf } from "./media.js";
import { t } from "./words.js";

const ALBUM = 10; // photos and videos in one album at most (Bot API, sendMediaGroup)

export class Staged {
  #files = []; // {file, url, ready: promise of what prepare gives, done: its result}
  #whole = false;
  #changed;
  #refuse;

  /** `changed()` is called when there are more or fewer; `refuse(sentence)` for what cannot go. */
  constructor(changed, refuse) {
    this.#changed = changed;
    this.#refuse = refuse;
    this.list = el("ul");
    this.box = el("input", {
      type: "checkbox",
      on: { change: () => this.#switch(this.box.checked) },
    });
    this.choice = el("label", {}, this.box, el("span", {}, t("composer-as-file")));
    this.root = el("div.staged", { hidden: true }, this.list, this.choice);
  }

  get count() {
    return this.#files.length;
  }

  add(files, whole = false) {
    if (whole) this.#whole = this.box.checked = true;
    for (const file of files) this.#files.push({ file, url: URL.createObjectURL(file) });
    this.#prepare();
  }

  clear() {
    for (const { url } of this.#files) URL.revokeObjectURL(url);
    this.#files = [];
    this.#draw();
  }

  /** Takes everything out, as messages: a list of {body, drafts}; the first can take a caption. */
  async take() {
    const ready = (await Promise.all(this.#files.map((one) => one.ready))).filter(Boolean);
    this.clear();
    const shown = ready.filter((one) => one.kind !== "document");
    const albums = [];
    while (shown.length) albums.push(shown.splice(0, ALBUM));
    const single = ready.filter((one) => one.kind === "document").map((one) => [one]);
    return [...albums, ...single].map(messageOf);
  }

  #switch(whole) {
    this.#whole = whole;
    for (const one of this.#files) one.ready = null;
    this.#prepare();
  }

  async #prepare() {
    const refused = [];
    for (const one of this.#files) {
      one.ready ??= prepare(one.file, this.#whole)
        .then(
          (done) => Object.assign(one, { done }).done,
          (error) => {
            refused.push(error.message);
            return this.#drop(one);
          },
        )
        .finally(() => this.#draw());
    }
    this.#draw();
    await Promise.all(this.#files.map((one) => one.ready));
    if (refused.length) this.#refuse(refused.join("\n"));
  }

  #drop(one) {
    this.#files = this.#files.filter((other) => other !== one);
    URL.revokeObjectURL(one.url);
    this.#draw();
    return null;
  }

  #draw() {
    this.root.hidden = !this.#files.length;
    this.choice.hidden = !this.#files.some(({ file }) => /^(image|video)\//.test(file.type));
    if (!this.#files.length) this.#whole = this.box.checked = false;
    this.list.replaceChildren(...this.#files.map((one) => this.#item(one)));
    this.#changed();
  }

  #item(one) {
    const isPhoto = one.done ? one.done.kind === "photo" : one.file.type.startsWith("image/");
    const words = one.done ? sizeOf(one.done.size) : t("composer-preparing");
    return el(
      "li",
      { title: one.file.name },
      isPhoto
        ? el("img", { src: one.url, alt: one.file.name })
        : el("span.staged-file", {}, icon("file"), el("span", {}, one.file.name)),
      el("span.staged-size", {}, words),
      el(
        "button.round",
        {
          type: "button",
          "aria-label": t("composer-remove", { name: one.file.name }),
          on: { click: () => this.#drop(one) },
        },
        icon("close"),
      ),
    );
  }
}

/** One medium, or an album, as the outbox takes it. */
export function messageOf(media) {
  const [first] = media;
  const group = media.length > 1 ? { media_group_id: crypto.randomUUID() } : {};
  const body = async () => {
    if (media.length === 1) return { [first.kind]: await asBody(first) };
    const pieces = media.map(async (one) => ({ type: one.kind, [one.kind]: await asBody(one) }));
    return { album: await Promise.all(pieces) };
  };
  return { body, drafts: media.map((one) => ({ ...asDraft(one), ...group })) };
}
