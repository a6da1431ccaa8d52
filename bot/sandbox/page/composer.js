/**
 * Where a person writes: text, files, voice, location, commands, an answer to a message, a
 * change of one's own.
 */

import { summaryOf } from "./bubble.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { MOST_TEXT, parts } from "./parting.js";
import { choosePlace } from "./plan.js";
import { Recorder } from "./recorder.js";
import { openMenu, openQuestion } from "./sheet.js";
import { messageOf, Staged } from "./staged.js";
import { Suggestions } from "./suggest.js";
import { sampleVoice } from "./voice.js";
import { t } from "./words.js";

const MOST_CAPTION = 1024; // UTF-16 units (Bot API, sendPhoto)
const TALLEST = 140; // pixels of the text field
const NOBODYS_NUMBER = "+86 000 0000 0000";
const IME = 229; // the key code of a key that an input method has taken

export class Composer {
  #screen;
  #context = null; // {kind: "reply" | "edit", message}
  #whole = false; // whether the files being picked are to be sent as they are

  /** `screen` is the chat's screen: store, user, where, host (for sheets), send, toast. */
  constructor(screen) {
    this.#screen = screen;
    this.text = el("textarea", {
      rows: 1,
      "aria-label": t("composer-text"),
      placeholder: t("composer-text"),
      autocomplete: "off",
      on: {
        input: () => this.#typed(),
        keydown: (event) => this.#key(event),
        paste: (event) => this.#paste(event),
      },
    });
    this.commands = new Suggestions(this.text, (command) => this.#command(command));
    this.staged = new Staged(
      () => this.#draw(),
      (sentence) => screen.toast(sentence),
    );
    this.recorder = new Recorder(() => this.#draw());
    this.banner = el("div.composer-context", { hidden: true });
    this.picker = el("input", {
      type: "file",
      multiple: true,
      hidden: true,
      on: { change: () => this.#picked() },
    });
    this.attach = round("attach", t("composer-attach"), () => this.#attach());
    this.slash = round("slash", t("composer-commands"), () => this.#toggleCommands());
    this.go = round("mic", t("composer-voice"), () => this.#go());
    this.row = el(
      "div.composer-row",
      {},
      this.recorder.root,
      this.attach,
      this.text,
      this.slash,
      this.go,
      this.picker,
    );
    this.root = el(
      "div.composer",
      {},
      this.commands.root,
      this.banner,
      this.staged.root,
      this.row,
    );
    this.#draw();
  }

  /** What has been written and not been sent. */
  get draft() {
    return this.text.value;
  }

  set draft(text) {
    this.text.value = text;
    this.commands.close();
    this.fit();
    this.#draw();
  }

  focus() {
    this.text.focus();
  }

  /** Nothing goes on when the chat is left. */
  close() {
    this.recorder.drop();
    this.staged.clear();
  }

  /** The next message answers that one. */
  reply(message, { focus = true } = {}) {
    this.#turn({ kind: "reply", message });
    if (focus) this.focus();
  }

  /** What is written replaces the text of one's own message. */
  edit(message) {
    this.#turn({ kind: "edit", message });
    this.draft = message.text ?? message.caption ?? "";
    this.focus();
  }

  /** Chooses files to be sent with what is written; `whole`: pictures as they are. */
  addFiles(files, whole = false) {
    this.staged.add([...files], whole);
    this.focus();
  }

  /** Sends a text as if it had been written, such as a command or a key of a keyboard. */
  sendText(text) {
    for (const part of parts(text)) this.#send({ text: part }, [{ text: part }]);
  }

  async sendLocation() {
    const plan = await this.#screen.thePlan();
    if (!plan) {
      this.#screen.toast(t("plan-none"));
      return;
    }
    const location = await choosePlace(this.#screen.host, plan);
    if (location) this.#send({ location }, [{ location }]);
  }

  async sendContact() {
    const { store, user, host } = this.#screen;
    const asked = t("composer-contact-ask", { number: NOBODYS_NUMBER });
    if (!(await openQuestion(host, asked, t("composer-contact-yes")))) return;
    const { first_name, last_name } = store.users.get(user);
    const contact = { phone_number: NOBODYS_NUMBER, first_name, last_name, user_id: user };
    this.#send({ contact }, [{ contact }]);
  }

  /** Makes the text field as tall as its text. */
  fit() {
    this.text.style.height = "auto";
    const height = this.text.scrollHeight;
    if (height && this.draft) this.text.style.height = `${Math.min(height, TALLEST)}px`;
  }

  // Sending

  #send(body, drafts) {
    const replied = this.#context?.kind === "reply" ? this.#context.message : null;
    const answer = replied ? { reply_to: replied.message_id } : {};
    const quote = replied ? { reply_to_message: replied } : {};
    const make = async () => ({
      ...(typeof body === "function" ? await body() : body),
      ...answer,
    });
    this.#screen.send(
      make,
      drafts.map((draft) => ({ ...draft, ...quote })),
    );
    this.#turn(null);
  }

  async #go() {
    if (this.recorder.isOn) await this.#sendVoice(await this.recorder.stop());
    else if (this.#context?.kind === "edit") await this.#sendEdit();
    else if (this.staged.count) await this.#sendStaged();
    else if (this.draft.trim()) this.#sendDraft();
    else await this.#record();
  }

  #sendDraft() {
    const text = this.draft.trim();
    this.draft = "";
    this.sendText(text);
    this.focus();
  }

  async #sendStaged() {
    const caption = this.draft.trim();
    this.draft = "";
    this.go.disabled = true;
    const messages = await this.staged.take();
    this.go.disabled = false;
    // A caption that is too long for one goes as a text of its own.
    const carried = messages.length > 0 && caption.length <= MOST_CAPTION ? caption : "";
    messages.forEach(({ body, drafts }, index) => {
      if (index || !carried) this.#send(body, drafts);
      else
        this.#send(
          async () => ({ ...(await body()), caption }),
          [{ ...drafts[0], caption }, ...drafts.slice(1)],
        );
    });
    if (!carried) this.sendText(caption);
    this.focus();
  }

  async #sendEdit() {
    const { message } = this.#context;
    const words = this.draft.trim();
    const [field, most] =
      message.text === undefined ? ["caption", MOST_CAPTION] : ["text", MOST_TEXT];
    if (words.length > most) {
      this.#screen.toast(t("composer-too-long"));
    } else if (words) {
      const { user, chat } = this.#screen.where;
      const done = await this.#screen.ask("/control/say", {
        user,
        chat,
        edit_of: message.message_id,
        [field]: words,
      });
      if (done) this.#turn(null);
    }
  }

  #sendVoice(voice) {
    const { body, drafts } = messageOf([voice]);
    this.#send(body, drafts);
  }

  async #record() {
    try {
      await this.recorder.begin();
    } catch {
      const { host } = this.#screen;
      const yes = await openQuestion(host, t("composer-no-microphone"), t("composer-sample-send"));
      if (yes) this.#sendVoice(await sampleVoice());
    }
  }

  #turn(context) {
    if (this.#context?.kind === "edit" && context?.kind !== "edit") this.draft = "";
    this.#context = context;
    this.banner.hidden = !context;
    if (context) {
      this.banner.replaceChildren(
        icon(context.kind === "reply" ? "reply" : "edit"),
        el(
          "div",
          {},
          el("b", {}, t(`composer-${context.kind}`)),
          el("span", {}, summaryOf(context.message)),
        ),
        round("close", t("composer-no-context"), () => this.#turn(null)),
      );
    }
    this.#draw();
  }

  // Writing

  #typed() {
    this.fit();
    const started = /^\/\w*$/.test(this.draft);
    if (started) this.commands.open(this.#screen, this.draft.slice(1).toLowerCase());
    else this.commands.close();
    this.#draw();
  }

  #key(event) {
    if (event.isComposing || event.keyCode === IME) return;
    if (this.commands.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (this.draft.trim() || this.staged.count) this.#go();
    } else if (event.key === "Escape" && this.#context) {
      event.stopPropagation();
      this.#turn(null);
    } else if (event.key === "ArrowUp" && !this.draft) {
      event.preventDefault();
      this.#screen.focusLog();
    }
  }

  #paste(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.addFiles(event.clipboardData.files);
  }

  /** The button at the end sends what there is, or begins to record. */
  #draw() {
    const recording = this.recorder?.isOn ?? false;
    this.attach.hidden = this.text.hidden = this.slash.hidden = recording;
    const ready =
      recording || this.#context?.kind === "edit" || this.staged.count || this.draft.trim();
    const [drawing, words] = ready ? ["send", t("composer-send")] : ["mic", t("composer-voice")];
    if (this.go.dataset.drawing === drawing) return;
    this.go.dataset.drawing = drawing;
    this.go.setAttribute("aria-label", words);
    this.go.title = words;
    this.go.replaceChildren(icon(drawing));
  }

  #toggleCommands() {
    if (this.commands.isOpen) this.commands.close();
    else if (!this.commands.open(this.#screen, "")) this.#screen.toast(t("composer-no-commands"));
    this.focus();
  }

  /** In a group a command is meant for this bot among others. */
  #command(command) {
    const { chat, store } = this.#screen;
    this.draft = "";
    this.sendText(chat.type === "private" ? `/${command}` : `/${command}@${store.bot.username}`);
    this.focus();
  }

  // What can be attached

  async #attach() {
    const chosen = await openMenu(this.#screen.host, t("composer-attach"), [
      { id: "photo", icon: "photo", text: t("composer-photo") },
      { id: "file", icon: "file", text: t("composer-file") },
      { id: "location", icon: "pin", text: t("composer-location") },
      { id: "sample", icon: "mic", text: t("composer-sample") },
      { id: "contact", icon: "contact", text: t("composer-contact") },
    ]);
    const acts = {
      photo: () => this.#pick("image/*,video/*", false),
      file: () => this.#pick("", true),
      location: () => this.sendLocation(),
      sample: async () => this.#sendVoice(await sampleVoice()),
      contact: () => this.sendContact(),
    };
    await acts[chosen]?.();
  }

  #pick(accept, whole) {
    this.picker.accept = accept;
    this.#whole = whole;
    this.picker.click();
  }

  #picked() {
    this.addFiles(this.picker.files, this.#whole);
    this.#whole = false;
    this.picker.value = "";
  }
}

function round(drawing, label, press) {
  return el(
    "button.round",
    { type: "button", "aria-label": label, title: label, on: { click: press } },
    icon(drawing),
  );
}
