/** One person's phone: whose it is, and the chat or list that is open on it. */

import { ChatScreen } from "./chat.js";
import { ChatsScreen, chatsOf, TopicsScreen } from "./chats.js";
import { DoorError, post } from "./door.js";
import { delegate, el, put } from "./dom.js";
import { icon } from "./icons.js";
import { Taps } from "./keys.js";
import { LANGUAGES, languageOf } from "./languages.js";
import { avatar, nameOf, roleOf } from "./names.js";
import { openMenu } from "./sheet.js";
import { t } from "./words.js";

const TOAST = 4500; // milliseconds

export class Phone {
  #screen = null;
  #toastTimer = 0;

  constructor(phones, user) {
    this.phones = phones;
    this.user = user;
    this.taps = new Taps(phones.store, user);
    this.drafts = new Map();
    this.onScreen = true;
    this.head = el("header.phone-head");
    this.glass = el("div.glass");
    this.note = el("div.toast", { role: "status" });
    this.root = el("section.phone", {}, this.head, this.glass, this.note);
    this.root.addEventListener("dragover", (event) => this.#drag(event));
    this.root.addEventListener("dragleave", (event) => this.#dragEnd(event));
    this.root.addEventListener("drop", (event) => this.#drop(event));
    delegate(this.head, {
      close: () => phones.close(this),
      language: () => this.#chooseLanguage(),
    });
    this.#drawHead();
    this.#load();
  }

  get store() {
    return this.phones.store;
  }
  get outbox() {
    return this.phones.outbox;
  }
  get reading() {
    return this.phones.reading;
  }

  /** Whether the person can be thought to look at it. */
  isSeen() {
    return this.onScreen && document.visibilityState === "visible";
  }

  /** Goes to {chat, thread?}, or to the list of chats without one. */
  show(where, { focus = false } = {}) {
    const there = where?.chat !== undefined && this.store.chats.has(where.chat) ? where : null;
    this.#screen?.close();
    this.where = there;
    this.#screen = this.#make(there);
    this.glass.replaceChildren(this.#screen.root);
    this.#screen.draw();
    if (focus) this.#screen.focus();
    this.#drawHead();
    this.phones.changed();
  }

  #make(where) {
    if (!where) return new ChatsScreen(this);
    const forum = this.store.chats.get(where.chat).is_forum;
    if (forum && (where.thread === undefined || where.thread === null))
      return new TopicsScreen(this, where);
    return new ChatScreen(this, where);
  }

  focus() {
    this.#screen.focus();
  }

  back() {
    const inTopic = this.where?.thread !== undefined && this.where?.thread !== null;
    this.show(inTopic ? { chat: this.where.chat } : null, { focus: true });
  }

  showsChat(chat) {
    return this.where?.chat === chat;
  }

  /** Scrolls to a message of the chat that is open, once it is there. */
  async flash(messageId) {
    await this.store.load(this.where.chat).catch(() => {});
    this.#screen.draw();
    return this.#screen.show(messageId);
  }

  draw(chats) {
    this.#drawHead();
    this.#load();
    const gone = this.where && !this.store.chats.has(this.where.chat);
    if (gone) this.show(null);
    else if (!this.where || chats === null || chats.has(this.where.chat)) this.#screen?.draw();
  }

  /** Makes everything anew, as in another language; what was being written stays. */
  redraw() {
    this.head.dataset.stamp = "";
    this.show(this.where);
  }

  typing(chat) {
    if (this.showsChat(chat)) this.#screen.typing();
  }

  /** Presses Start in the private chat; takes back a block. */
  async start(payload = "") {
    const text = `/start ${payload}`.trimEnd();
    try {
      if (this.store.chats.get(this.user).blocked)
        await post("/control/unblock", { user: this.user });
    } catch (error) {
      if (!(error instanceof DoorError)) throw error;
      this.toast(error.offline ? t("phone-offline") : error.message);
      return;
    }
    this.store.changeChat(this.user, { blocked: false, started: true });
    this.outbox.send({ user: this.user, chat: this.user }, { text }, [{ text }]);
  }

  /** Follows one of the bot's own links. */
  deepLink(payload) {
    if (!this.showsChat(this.user)) this.show({ chat: this.user });
    if (payload) this.start(payload);
  }

  /** Shows a sentence for a moment. */
  toast(text) {
    clearTimeout(this.#toastTimer);
    this.note.textContent = text;
    this.note.dataset.shown = "true";
    this.#toastTimer = setTimeout(() => {
      this.note.dataset.shown = "";
      this.note.textContent = "";
    }, TOAST);
  }

  get name() {
    return nameOf(this.store.users.get(this.user));
  }

  #drawHead() {
    const role = roleOf(this.store, this.user);
    const number = this.phones.numberOf(this);
    const [, language, short] = languageOf(this.store.users.get(this.user));
    const stamp = [this.name, role, number, short].join("|");
    if (this.head.dataset.stamp === stamp) return;
    this.head.dataset.stamp = stamp;
    const label = t("phone-label", { name: this.name, role });
    const speaks = t("phone-language", { name: this.name, language });
    this.root.setAttribute("aria-label", number > 1 ? `${label} ${number}` : label);
    put(
      this.head,
      avatar(this.user, this.name),
      el("div", {}, el("h3", {}, this.name), role && el("p", {}, role)),
      el(
        "button.speaks",
        { type: "button", "aria-label": speaks, title: speaks, data: { act: "language" } },
        short,
      ),
      el(
        "button.round",
        {
          type: "button",
          "aria-label": t("phone-close", { name: this.name }),
          title: t("phone-close", { name: this.name }),
          data: { act: "close" },
        },
        icon("close"),
      ),
    );
  }

  /** What this person's Telegram speaks: the bot hears of it with their next message. */
  async #chooseLanguage() {
    const user = this.store.users.get(this.user);
    const entries = LANGUAGES.map(([id, text]) => ({
      id,
      icon: id === languageOf(user)[0] ? "check" : "language",
      text,
    }));
    const code = await openMenu(this.root, t("phone-new-language"), entries);
    if (!code || code === user.language_code) return;
    try {
      await post("/control/users", { id: this.user, language_code: code });
      await this.store.refresh();
      const [, language] = languageOf({ language_code: code });
      this.toast(t("phone-language-changed", { language }));
      this.head.querySelector(".speaks").focus();
    } catch (error) {
      if (!(error instanceof DoorError)) throw error;
      this.toast(error.offline ? t("phone-offline") : error.message);
    }
  }

  #load() {
    for (const chat of chatsOf(this.store, this.user)) this.store.load(chat.id).catch(() => {}); // the next sync
  }

  // Dropping files

  #drag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.root.dataset.drop = this.#screen.canWrite ? t("composer-drop") : "";
  }

  #dragEnd(event) {
    if (!this.root.contains(event.relatedTarget)) delete this.root.dataset.drop;
  }

  #drop(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    delete this.root.dataset.drop;
    if (this.#screen.canWrite) this.#screen.composer.addFiles(event.dataTransfer.files);
  }

  close() {
    this.#screen?.close();
    this.root.remove();
  }
}
