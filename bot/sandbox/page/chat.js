/** A chat, or one topic of a forum, on somebody's phone. */

import { DoorError, post } from "./door.js";
import { delegate, el, put, setText } from "./dom.js";
import { descriptionFor } from "./commands.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { replyKeys, replyMarkup, Taps } from "./keys.js";
import { payloadOf, safeUrl } from "./links.js";
import { Log } from "./log.js";
import { viewPhoto } from "./media.js";
import { avatar, drawingOf, faceOf, titleOf } from "./names.js";
import { thePlan } from "./plan.js";
import { openAlert, openMenu, openQuestion, openSheet, sheetHead } from "./sheet.js";
import { summaryOf } from "./bubble.js";
import { t } from "./words.js";
import { threadOf } from "./unread.js";

const ADMINS = new Set(["creator", "administrator"]);
const PRESENT = new Set([...ADMINS, "member", "restricted"]);
const TYPING = 5000; // milliseconds for which a chat action is shown (Bot API, sendChatAction)

export class ChatScreen {
  #phone;
  #taps;
  #keyboardHidden = null; // the message whose reply keyboard was put away
  #typing = 0;

  /** `phone` is the phone: user, store, outbox, reading, root, show, toast, isSeen. */
  constructor(phone, where) {
    this.#phone = phone;
    this.where = { user: phone.user, thread: null, ...where };
    this.#taps = phone.taps;
    this.openedAt = null;
    this.plan = null;
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.head = el("header.screen-head");
    this.pinned = el("button.pinned", { type: "button", hidden: true, data: { act: "pinned" } });
    this.offline = el("p.offline", { role: "status", hidden: true });
    this.keyboard = el("div.keyboard");
    this.foot = el("div.foot");
    this.root = el("div.screen.chat", {}, this.head, this.pinned, this.offline, this.log.root, this.foot, this.keyboard);
    delegate(this.root, this.#acts());
    this.root.addEventListener("contextmenu", (event) => this.#contextMenu(event));
    this.root.addEventListener("dblclick", (event) => this.#doubleClick(event));
    this.composer.draft = phone.drafts.get(this.#key) ?? "";
    this.store.load(this.where.chat).catch(() => {}); // a lost connection is made good by the next sync
    thePlan().then((plan) => {
      this.plan = plan;
      if (plan && this.root.isConnected) this.log.draw();
    });
    this.draw();
  }

  // What the parts of the screen ask for

  get store() { return this.#phone.store; }
  get outbox() { return this.#phone.outbox; }
  get reading() { return this.#phone.reading; }
  get user() { return this.#phone.user; }
  get host() { return this.#phone.root; }
  get chat() { return this.store.chats.get(this.where.chat); }
  get isLoaded() { return this.store.isLoaded(this.where.chat); }
  get canWrite() { return this.#foot() === "composer"; }
  get #key() { return `${this.where.chat}:${this.where.thread ?? 0}`; }

  messages() {
    const all = this.store.messages(this.where.chat);
    return this.chat?.is_forum ? all.filter((m) => threadOf(m) === (this.where.thread ?? 0)) : all;
  }

  /** What stands in a chat without messages: what the bot says of itself, if it does. */
  emptyText() {
    const words = this.chat?.type === "private" && descriptionFor(this.store.commands, this.store.users.get(this.user));
    return words || t("chat-empty");
  }

  isSeen() { return this.#phone.isSeen(); }
  isBusy(message, data) { return this.#taps.isBusy(message, data); }

  busyKeys(message) {
    const rows = message.reply_markup?.inline_keyboard ?? [];
    return rows.flat().map((b) => (this.isBusy(message, b.callback_data) ? 1 : 0)).join("");
  }

  toast(text) { this.#phone.toast(text); }
  thePlan() { return thePlan(); }
  focusLog() { this.log.focus(); }

  focus() {
    if (this.canWrite) this.composer.focus();
    else (this.foot.querySelector("button") ?? this.head.querySelector("button")).focus();
  }

  send(body, drafts) {
    this.outbox.send(this.#place(), body, drafts);
    this.log.end();
  }

  #place() {
    const { user, chat, thread } = this.where;
    return thread ? { user, chat, thread } : { user, chat };
  }

  // Drawing

  draw() {
    const { chat } = this;
    if (!chat) return;
    if (chat.migrated_to) {
      this.#phone.show({ chat: chat.migrated_to });
      return;
    }
    if (this.openedAt === null && this.isLoaded) this.openedAt = this.messages().at(-1)?.message_id ?? 0;
    this.#drawHead();
    this.#drawPinned();
    this.#drawFoot();
    this.offline.hidden = this.store.online;
    setText(this.offline, this.store.online ? "" : t("phone-connecting"));
    this.log.draw();
  }

  close() {
    this.#phone.drafts.set(this.#key, this.composer.draft);
    this.composer.close();
    this.log.close();
  }

  show(messageId) { return this.log.show(messageId); }

  /** The bot is doing something in this chat. */
  typing() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#typing = 0;
      this.#drawHead();
    }, TYPING);
    this.#drawHead();
  }

  #drawHead() {
    const { chat } = this;
    const topic = this.#topic();
    const title = chat.is_forum ? (topic?.name ?? t("chat-general")) : titleOf(this.store, chat);
    const stamp = [title, this.#subtitle(), chat.is_forum].join("|");
    if (this.head.dataset.stamp === stamp) return;
    this.head.dataset.stamp = stamp;
    const drawing = chat.is_forum ? "topic" : drawingOf(chat);
    put(
      this.head,
      el("button.round", { type: "button", "aria-label": t("chat-back"), title: t("chat-back"), data: { act: "back" } }, icon("back")),
      avatar(this.where.thread ?? faceOf(this.store, chat), title, drawing),
      el("div.screen-title", {}, el("h4", {}, title), el("p", {}, this.#subtitle())),
      chat.type === "private" && el("button.round", { type: "button", "aria-label": t("chat-menu"), title: t("chat-menu"), data: { act: "chatMenu" } }, icon("menu")));
  }

  #topic() {
    return this.chat.topics?.find((one) => one.message_thread_id === this.where.thread);
  }

  #subtitle() {
    const { chat } = this;
    if (this.#typing) return t("chat-typing");
    if (chat.type === "private") return t("chat-bot");
    if (chat.is_forum) return chat.title;
    const count = chat.members.filter((member) => PRESENT.has(member.status)).length;
    return t(chat.type === "channel" ? "chat-subscribers" : "chat-members", { count });
  }

  #drawPinned() {
    const pinned = this.store.message(this.where.chat, this.chat.pinned?.at(-1));
    this.pinned.hidden = !pinned;
    if (!pinned) return;
    this.pinned.dataset.to = pinned.message_id;
    this.pinned.replaceChildren(icon("pinned"), el("b", {}, t("chat-pinned")), el("span", {}, summaryOf(pinned)));
  }

  /** What stands at the bottom: composer, start, restart, or a sentence why nothing can be sent. */
  #foot() {
    const { chat } = this;
    if (!chat) return "gone";
    if (chat.type === "private") return chat.blocked ? "restart" : chat.started ? "composer" : "start";
    const member = chat.members.find((one) => one.user === this.user);
    if (!PRESENT.has(member?.status)) return "gone";
    if (chat.type === "channel" && !ADMINS.has(member.status)) return "channel";
    if (member.status === "restricted" && !member.can_send_messages) return "restricted";
    if (this.#topic()?.closed && !ADMINS.has(member.status)) return "closed";
    return "composer";
  }

  #drawFoot() {
    const foot = this.#foot();
    if (this.foot.dataset.foot !== foot) {
      const focused = this.foot.contains(document.activeElement);
      this.foot.dataset.foot = foot;
      this.foot.replaceChildren(this.#footNode(foot));
      this.composer.fit();
      if (focused) this.focus();
    }
    const found = foot === "composer" ? replyMarkup(this.messages(), this.user) : null;
    const number = found?.message.message_id ?? null;
    const shown = found?.markup.keyboard && this.#keyboardHidden !== number ? String(number) : "";
    if (this.keyboard.dataset.of === shown) return;
    this.keyboard.dataset.of = shown;
    this.keyboard.replaceChildren(...(shown ? [replyKeys(found.markup)] : []));
    this.composer.text.placeholder = found?.markup.input_field_placeholder || t("composer-text");
    if (found?.markup.force_reply) this.composer.reply(found.message);
  }

  #footNode(foot) {
    if (foot === "composer") return this.composer.root;
    if (foot === "start" || foot === "restart") {
      return el("button.wide.primary", { type: "button", data: { act: "start" } }, t(`chat-${foot}`));
    }
    return el("p.foot-note", {}, icon("lock"), t(`chat-${foot}`));
  }

  // Acting

  #acts() {
    return {
      back: () => this.#phone.back(),
      chatMenu: () => this.#chatMenu(),
      command: ({ dataset }) => this.canWrite && this.composer.sendText(this.#addressed(dataset.text)),
      copy: ({ dataset }) => this.#copy(dataset.text),
      drop: ({ dataset }) => this.outbox.drop(dataset.id),
      jump: ({ dataset }) => this.show(Number(dataset.to)) || this.toast(t("message-deleted")),
      link: ({ dataset }) => this.open(dataset.url),
      pinned: ({ dataset }) => this.show(Number(dataset.to)),
      press: (node) => this.#press(node),
      reply: (node) => this.reply(node.closest("article")),
      retry: ({ dataset }) => this.outbox.retry(dataset.id),
      reveal: (node) => this.#reveal(node),
      start: () => this.#phone.start(),
      tap: (node) => this.#tap(node),
      view: ({ dataset }) => viewPhoto(dataset.source, t("message-photo")),
    };
  }

  #messageOf(article) {
    return this.store.message(this.where.chat, Number(article?.dataset.id));
  }

  /** A command that was pressed in a group is meant for the bot that wrote it. */
  #addressed(command) {
    const bare = this.chat.type === "private" || command.includes("@");
    return bare ? command : `${command}@${this.store.bot.username}`;
  }

  async #tap(node) {
    const message = this.#messageOf(node.closest("article"));
    const button = message?.reply_markup?.inline_keyboard[node.dataset.row]?.[node.dataset.column];
    if (!button) return;
    if (button.url) this.open(button.url);
    else if (button.copy_text) this.#copy(button.copy_text.text);
    else if (button.callback_data) await this.#callback(message, button.callback_data);
    else this.toast(t("message-button-unknown"));
  }

  async #callback(message, data) {
    try {
      const answer = await this.#taps.tap(message, data, () => this.log.draw());
      if (answer?.url) this.open(answer.url);
      else if (answer?.text && answer.show_alert) openAlert(this.host, answer.text);
      else if (answer?.text) this.toast(answer.text);
    } catch (error) {
      if (!(error instanceof DoorError)) throw error;
      this.toast(error.offline ? t("phone-offline") : error.message);
    }
  }

  /** Follows a link: the bot's own start links in this phone, others after a question. */
  open(url) {
    const payload = payloadOf(url, this.store.bot.username);
    if (payload !== null) {
      this.#phone.deepLink(payload);
      return;
    }
    const href = safeUrl(url);
    if (!href) return;
    const sheet = openSheet(this.host, { label: t("message-open-link"), look: "alert", content: [
      sheetHead(t("message-open-link"), () => sheet.close()),
      el("p.address", {}, href),
      el("a.primary", { href, target: "_blank", rel: "noopener noreferrer", on: { click: () => sheet.close() } }, t("message-open")),
    ] });
  }

  #press({ dataset }) {
    if (dataset.asks === "location") this.composer.sendLocation();
    else if (dataset.asks === "contact") this.composer.sendContact();
    else this.composer.sendText(dataset.text);
    const found = replyMarkup(this.messages(), this.user);
    if (found?.markup.one_time_keyboard) this.#keyboardHidden = found.message.message_id;
    this.#drawFoot();
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast(t("message-copied"));
    } catch {
      this.toast(text);
    }
  }

  #reveal(node) {
    for (const name of ["role", "tabindex", "aria-label", "data-act"]) node.removeAttribute(name);
    node.classList.add("revealed");
    node.firstElementChild.removeAttribute("aria-hidden");
  }

  reply(article) {
    const message = this.#messageOf(article);
    if (message && this.canWrite) this.composer.reply(message);
  }

  /** What can be done with a message. */
  async menu(article) {
    const message = this.#messageOf(article);
    if (!message) return;
    const own = message.from?.id === this.user;
    const text = message.text ?? message.caption;
    const chosen = await openMenu(this.host, t("message-menu"), [
      this.canWrite && { id: "reply", icon: "reply", text: t("message-reply") },
      text && !message.has_protected_content && { id: "copy", icon: "copy", text: t("message-copy") },
      own && text && this.canWrite && { id: "edit", icon: "edit", text: t("message-edit") },
      own && { id: "delete", icon: "trash", text: t("message-delete"), danger: true },
    ].filter(Boolean));
    if (chosen === "reply") this.composer.reply(message);
    if (chosen === "copy") await this.#copy(text);
    if (chosen === "edit") this.composer.edit(message);
    if (chosen === "delete") await this.#ask("/control/delete", { chat: this.where.chat, message_ids: [message.message_id] });
  }

  #contextMenu(event) {
    const article = event.target.closest("article");
    if (!article || !getSelection().isCollapsed) return;
    event.preventDefault();
    this.menu(article);
  }

  #doubleClick(event) {
    if (event.target.closest("button, a, .voice")) return;
    const article = event.target.closest("article");
    if (!article) return;
    getSelection().removeAllRanges();
    this.reply(article);
  }

  async #chatMenu() {
    const { chat } = this;
    const chosen = await openMenu(this.host, t("chat-menu"), [
      chat.blocked
        ? { id: "unblock", icon: "retry", text: t("chat-unblock") }
        : { id: "block", icon: "stop", text: t("chat-block"), danger: true },
    ]);
    if (chosen === "unblock") await this.#phone.start();
    if (chosen === "block" && (await openQuestion(this.host, t("chat-block-ask"), t("chat-block")))) {
      if (await this.#ask("/control/block", { user: this.user })) this.store.changeChat(chat.id, { blocked: true });
    }
  }

  async #ask(path, body) {
    try {
      return await post(path, body);
    } catch (error) {
      this.toast(error.offline ? t("phone-offline") : error.message);
      return null;
    }
  }
}
