/**
 * Where a person writes: text, files, voice, location, commands, an answer to a message, a
 * change of one's own.
 */

import { commandsFor } from "./commands.js";
import { post } from "./door.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { Recording, sampleVoice } from "./media.js";
import { choosePlace } from "./plan.js";
import { openMenu, openQuestion } from "./sheet.js";
import { messageOf, Staged } from "./staged.js";
import { t } from "./words.js";
import { summaryOf } from "./bubble.js";
import { lengthOf } from "./when.js";

const MOST_TEXT = 4096; // UTF-16 units of one message
const MOST_CAPTION = 1024;
const BREAKS = ["\n\n", "\n", "。", "！", "？", ". ", "，", " "]; // where a long text is best parted
const TALLEST = 140; // pixels of the text field
const OWN_NUMBER = "+86 000 0000 0000"; // nobody's

let serial = 0;

export class Composer {
  #screen;
  #context = null; // {kind: "reply" | "edit", message}
  #recording = null;
  #chosen = -1; // index in the list of commands, -1 for none

  /** `screen` is the chat's screen: store, user, where, outbox, host (for sheets), toast. */
  constructor(screen) {
    this.#screen = screen;
    serial += 1;
    const listId = `commands-${serial}`;
    this.staged = new Staged(() => this.#draw(), (sentence) => screen.toast(sentence));
    this.banner = el("div.composer-context", { hidden: true });
    this.commands = el("div.commands", { id: listId, role: "listbox", "aria-label": t("composer-commands"), hidden: true });
    this.text = el("textarea", { rows: 1, "aria-label": t("composer-text"), placeholder: t("composer-text"),
      "aria-autocomplete": "list", "aria-controls": listId, autocomplete: "off", on: {
        input: () => this.#typed(),
        keydown: (event) => this.#key(event),
        paste: (event) => this.#paste(event),
      } });
    this.picker = el("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabindex: -1,
      on: { change: () => this.#picked() } });
    this.attach = round("attach", t("composer-attach"), () => this.#attach());
    this.slash = round("slash", t("composer-commands"), () => this.#toggleCommands());
    this.go = round("mic", t("composer-voice"), () => this.#go());
    this.row = el("div.composer-row", {}, this.attach, this.text, this.slash, this.go, this.picker);
    this.root = el("div.composer", {}, this.commands, this.banner, this.staged.root, this.row);
    this.#draw();
  }

  /** What has been written and not been sent. */
  get draft() {
    return this.text.value;
  }

  set draft(text) {
    this.text.value = text;
    this.#typed(false);
  }

  focus() {
    this.text.focus();
  }

  /** The next message answers that one; null takes it back. */
  reply(message) {
    this.#turn(message && { kind: "reply", message });
  }

  /** What is written replaces the text of one's own message. */
  edit(message) {
    this.#turn({ kind: "edit", message });
    this.draft = message.text ?? message.caption ?? "";
  }

  addFiles(files) {
    this.staged.add([...files]);
    this.focus();
  }

  /** Sends a text as if it had been written, such as a command or a key of a keyboard. */
  sendText(text) {
    for (const part of parts(text)) this.#send({ text: part }, [{ text: part }]);
  }

  async sendLocation() {
    const plan = await this.#screen.thePlan();
    if (!plan) return this.#screen.toast(t("plan-none"));
    const location = await choosePlace(this.#screen.host, plan);
    if (location) this.#send({ location }, [{ location }]);
    return undefined;
  }

  async sendContact() {
    const { store, user, host } = this.#screen;
    if (!(await openQuestion(host, t("composer-contact-ask", { number: OWN_NUMBER }), t("composer-contact-yes")))) return;
    const { first_name, last_name } = store.users.get(user);
    const contact = { phone_number: OWN_NUMBER, first_name, last_name, user_id: user };
    this.#send({ contact }, [{ contact }]);
  }

  #send(body, drafts) {
    const reply = this.#context?.kind === "reply" ? this.#context.message : null;
    const answered = reply ? { reply_to: reply.message_id } : {};
    const make = typeof body === "function" ? async () => ({ ...(await body()), ...answered }) : { ...body, ...answered };
    const shown = reply ? drafts.map((draft) => ({ ...draft, reply_to_message: reply })) : drafts;
    this.#screen.send(make, shown.map((draft) => ({ ...draft, chat: { id: this.#screen.where.chat } })));
    this.#turn(null);
  }

  async #go() {
    if (this.#recording) return this.#sendRecording();
    if (this.#context?.kind === "edit") return this.#sendEdit();
    if (this.staged.count) return this.#sendStaged();
    const text = this.draft.trim();
    if (!text) return this.#record();
    this.draft = "";
    this.sendText(text);
    return this.focus();
  }

  async #sendStaged() {
    const caption = this.draft.trim();
    this.draft = "";
    this.go.disabled = true;
    const [first, ...others] = await this.staged.take();
    this.go.disabled = false;
    const fits = first && caption.length <= MOST_CAPTION;
    if (first && fits && caption) {
      this.#send(async () => ({ ...(await first.body()), caption }),
        first.drafts.map((draft, i) => (i ? draft : { ...draft, caption })));
    } else if (first) {
      this.#send(first.body, first.drafts);
    }
    for (const { body, drafts } of others) this.#send(body, drafts);
    if (caption && !fits) this.sendText(caption);
    this.focus();
  }

  async #sendEdit() {
    const { message } = this.#context;
    const { user, chat } = this.#screen.where;
    const words = this.draft.trim();
    const field = message.text === undefined ? "caption" : "text";
    if (words.length > (field === "text" ? MOST_TEXT : MOST_CAPTION)) return this.#screen.toast(t("composer-too-long"));
    if (!words) return undefined;
    try {
      await post("/control/say", { user, chat, edit_of: message.message_id, [field]: words });
    } catch (error) {
      return this.#screen.toast(error.offline ? t("phone-offline") : error.message);
    }
    this.draft = "";
    return this.#turn(null);
  }

  #turn(context) {
    if (this.#context?.kind === "edit" && context?.kind !== "edit") this.draft = "";
    this.#context = context;
    this.banner.hidden = !context;
    if (context) {
      this.banner.replaceChildren(
        icon(context.kind === "reply" ? "reply" : "edit"),
        el("div", {}, el("b", {}, t(`composer-${context.kind}`)), el("span", {}, summaryOf(context.message))),
        round("close", t("composer-no-context"), () => this.#turn(null)));
      this.focus();
    }
    this.#draw();
  }

  /** Makes the text field as tall as its text. */
  fit() {
    this.text.style.height = "auto";
    const height = this.text.scrollHeight;
    if (height && this.draft) this.text.style.height = `${Math.min(height, TALLEST)}px`;
  }

  // Writing

  #typed(byHand = true) {
    this.fit();
    if (byHand) this.#suggest(/^\/\w*$/.test(this.draft));
    this.#draw();
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return; // the input method's own Enter
    const open = !this.commands.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      event.preventDefault();
      this.#choose(this.#chosen + step);
    } else if (open && (event.key === "Enter" || event.key === "Tab") && this.#chosen >= 0) {
      event.preventDefault();
      this.commands.children[this.#chosen].click();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (this.draft.trim() || this.staged.count) this.#go();
    } else if (event.key === "Escape" && (open || this.#context)) {
      event.stopPropagation();
      if (open) this.#suggest(false);
      else this.#turn(null);
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

  #draw() {
    const ready = this.draft.trim() || this.staged.count || this.#context?.kind === "edit" || this.#recording;
    const [drawing, words] = ready ? ["send", t("composer-send")] : ["mic", t("composer-voice")];
    if (this.go.dataset.drawing === drawing) return;
    this.go.dataset.drawing = drawing;
    this.go.setAttribute("aria-label", words);
    this.go.title = words;
    this.go.replaceChildren(icon(drawing));
  }

  // Commands

  #toggleCommands() {
    this.#suggest(this.commands.hidden, true);
    this.focus();
  }

  #suggest(open, all = false) {
    const { store, chat, user } = this.#screen;
    const start = all ? "" : this.draft.slice(1).toLowerCase();
    const found = open ? commandsFor(store.commands, chat, store.users.get(user)).filter(({ command }) => command.startsWith(start)) : [];
    this.commands.hidden = !found.length;
    this.commands.replaceChildren(...found.map(({ command, description }, i) =>
      el("div.command", { role: "option", id: `${this.commands.id}-${i}`, "aria-selected": "false",
        on: { click: () => this.#command(command) } }, el("b", {}, `/${command}`), el("span", {}, description))));
    this.#choose(found.length && !all ? 0 : -1);
    if (open && all && !found.length) this.#screen.toast(t("composer-no-commands"));
  }

  #choose(index) {
    const all = [...this.commands.children];
    this.#chosen = all.length ? Math.max(-1, Math.min(index, all.length - 1)) : -1;
    all.forEach((node, i) => node.setAttribute("aria-selected", String(i === this.#chosen)));
    all[this.#chosen]?.scrollIntoView({ block: "nearest" });
    if (this.#chosen < 0) this.text.removeAttribute("aria-activedescendant");
    else this.text.setAttribute("aria-activedescendant", all[this.#chosen].id);
  }

  #command(command) {
    const at = this.#screen.chat.type === "private" ? "" : `@${this.#screen.store.bot.username}`;
    this.draft = "";
    this.#suggest(false);
    this.sendText(`/${command}${at}`);
    this.focus();
  }

  // Files, places, voice

  async #attach() {
    const chosen = await openMenu(this.#screen.host, t("composer-attach"), [
      { id: "photo", icon: "photo", text: t("composer-photo") },
      { id: "file", icon: "file", text: t("composer-file") },
      { id: "location", icon: "pin", text: t("composer-location") },
      { id: "sample", icon: "mic", text: t("composer-sample") },
      { id: "contact", icon: "contact", text: t("composer-contact") },
    ]);
    if (chosen === "photo" || chosen === "file") {
      this.picker.accept = chosen === "photo" ? "image/*,video/*" : "";
      this.picker.click();
    } else if (chosen === "location") {
      await this.sendLocation();
    } else if (chosen === "sample") {
      await this.#sendSample();
    } else if (chosen === "contact") {
      await this.sendContact();
    }
  }

  #picked() {
    this.addFiles(this.picker.files);
    this.picker.value = "";
  }

  async #sendSample() {
    const { body, drafts } = messageOf([await sampleVoice()]);
    this.#send(body, drafts);
  }

  async #record() {
    try {
      this.#recording = await Recording.begin();
    } catch {
      const yes = await openQuestion(this.#screen.host, t("composer-no-microphone"), t("composer-sample-send"));
      return yes ? this.#sendSample() : undefined;
    }
    const length = el("time");
    const drop = el("button.link", { type: "button", on: { click: () => this.#endRecording().drop() } }, t("phone-cancel"));
    this.bar = el("div.recording", {}, el("span.dot"), length, el("span", { role: "status" }, t("composer-recording")), drop);
    this.text.hidden = this.slash.hidden = this.attach.hidden = true;
    this.row.prepend(this.bar);
    this.timer = setInterval(() => (length.textContent = lengthOf(this.#recording.seconds)), 200);
    return this.#draw();
  }

  async #sendRecording() {
    const { body, drafts } = messageOf([await this.#endRecording().stop()]);
    this.#send(body, drafts);
  }

  #endRecording() {
    const recording = this.#recording;
    this.#recording = null;
    clearInterval(this.timer);
    this.bar.remove();
    this.text.hidden = this.slash.hidden = this.attach.hidden = false;
    this.#draw();
    return recording;
  }

  /** Nothing goes on when the chat is left. */
  close() {
    if (this.#recording) this.#endRecording().drop();
    this.staged.clear();
  }
}

function round(drawing, label, press) {
  return el("button.round", { type: "button", "aria-label": label, title: label, on: { click: press } }, icon(drawing));
}

/** A text in pieces of at most 4096 units, parted where it reads best. */
export function parts(text) {
  const pieces = [];
  let rest = text;
  while (rest.length > MOST_TEXT) {
    const head = rest.slice(0, MOST_TEXT);
    const breaks = BREAKS.map((mark) => head.lastIndexOf(mark) + mark.length);
    const found = BREAKS.findIndex((mark) => head.lastIndexOf(mark) > MOST_TEXT / 2);
    const end = found >= 0 ? breaks[found] : wholeCharacters(head);
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return [...pieces, rest].filter(Boolean);
}

/** The length of a text without a half of a pair at its end. */
function wholeCharacters(text) {
  return /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
}
