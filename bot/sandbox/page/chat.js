/** A chat, or one topic of a forum, on somebody's phone. */

import { Acts } from "./acting.js";
import { summaryOf } from "./bubble.js";
import { descriptionFor } from "./commands.js";
import { Composer } from "./composer.js";
import { DoorError, post } from "./door.js";
import { el, put, setText } from "./dom.js";
import { icon } from "./icons.js";
import { replyKeys, replyMarkup } from "./keys.js";
import { Log } from "./log.js";
import { avatar, drawingOf, faceOf, titleOf } from "./names.js";
import { thePlan } from "./plan.js";
import { t } from "./words.js";
import { threadOf } from "./unread.js";

const ADMINS = new Set(["creator", "administrator"]);
const PRESENT = new Set([...ADMINS, "member", "restricted"]);
const TYPING = 5000; // milliseconds for which a chat action is shown (Bot API, sendChatAction)

export class ChatScreen {
  #phone;
  #keyboardHidden = null; // the message whose reply keyboard was put away
  #typing = 0;

  /** `phone` is the phone: user, store, outbox, reading, root, show, toast, isSeen. */
  constructor(phone, where) {
    this.#phone = phone;
    this.where = { user: phone.user, thread: null, ...where };
    this.openedAt = null;
    this.plan = null;
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.head = el("header.screen-head");
    this.pinned = el("button.pinned", { type: "button", hidden: true, data: { act: "jump" } });
    this.offline = el("p.offline", { role: "status", hidden: true });
    this.keyboard = el("div.keyboard");
    this.foot = el("div.foot");
    this.root = el(
      "div.screen.chat",
      {},
      this.head,
      this.pinned,
      this.offline,
      this.log.root,
      this.foot,
      this.keyboard,
    );
    this.acts = new Acts(this, phone);
    this.composer.draft = phone.drafts.get(this.#key) ?? "";
    this.store.load(this.where.chat).catch(() => {}); // a lost connection is made good by the next sync
    thePlan().then((plan) => {
      this.plan = plan;
      if (plan && this.root.isConnected) this.log.draw();
    });
    this.draw();
  }

  // What the parts of the screen ask for

  get store() {
    return this.#phone.store;
  }
  get outbox() {
    return this.#phone.outbox;
  }
  get reading() {
    return this.#phone.reading;
  }
  get user() {
    return this.#phone.user;
  }
  get host() {
    return this.#phone.root;
  }
  get chat() {
    return this.store.chats.get(this.where.chat);
  }
  get isLoaded() {
    return this.store.isLoaded(this.where.chat);
  }
  get canWrite() {
    return this.#foot() === "composer";
  }
  get #key() {
    return `${this.where.chat}:${this.where.thread ?? 0}`;
  }

  messages() {
    const all = this.store.messages(this.where.chat);
    return this.chat?.is_forum ? all.filter((m) => threadOf(m) === (this.where.thread ?? 0)) : all;
  }

  /** What stands in a chat without messages: what the bot says of itself, if it does. */
  emptyText() {
    const words =
      this.chat?.type === "private" &&
      descriptionFor(this.store.commands, this.store.users.get(this.user));
    return words || t(this.#foot() === "start" ? "chat-empty-start" : "chat-empty");
  }

  isSeen() {
    return this.#phone.isSeen();
  }
  isBusy(message, data) {
    return this.#phone.taps.isBusy(message, data);
  }

  busyKeys(message) {
    const rows = message.reply_markup?.inline_keyboard ?? [];
    return rows
      .flat()
      .map((b) => (this.isBusy(message, b.callback_data) ? 1 : 0))
      .join("");
  }

  toast(text) {
    this.#phone.toast(text);
  }
  thePlan() {
    return thePlan();
  }
  focusLog() {
    this.log.focus();
  }
  menu(article) {
    return this.acts.menu(article);
  }
  reply(article) {
    this.acts.reply(article);
  }

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
    if (this.openedAt === null && this.isLoaded)
      this.openedAt = this.messages().at(-1)?.message_id ?? 0;
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

  show(messageId) {
    return this.log.show(messageId);
  }

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
      el(
        "button.round",
        {
          type: "button",
          "aria-label": t("chat-back"),
          title: t("chat-back"),
          data: { act: "back" },
        },
        icon("back"),
      ),
      avatar(this.where.thread ?? faceOf(this.store, chat), title, drawing),
      el("div.screen-title", {}, el("h4", {}, title), el("p", {}, this.#subtitle())),
      chat.type === "private" &&
        el(
          "button.round",
          {
            type: "button",
            "aria-label": t("chat-menu"),
            title: t("chat-menu"),
            data: { act: "chatMenu" },
          },
          icon("menu"),
        ),
    );
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
    this.pinned.replaceChildren(
      icon("pinned"),
      el("b", {}, t("chat-pinned")),
      el("span", {}, summaryOf(pinned)),
    );
  }

  /** What stands at the bottom: composer, start, restart, or a sentence why nothing can be sent. */
  #foot() {
    const { chat } = this;
    if (!chat) return "gone";
    if (chat.type === "private")
      return chat.blocked ? "restart" : chat.started ? "composer" : "start";
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
    if (found?.markup.force_reply) this.composer.reply(found.message, { focus: false });
  }

  /** A key of the reply keyboard was pressed: one that serves once goes away. */
  keyboardUsed() {
    const found = replyMarkup(this.messages(), this.user);
    if (found?.markup.one_time_keyboard) this.#keyboardHidden = found.message.message_id;
    this.#drawFoot();
  }

  #footNode(foot) {
    if (foot === "composer") return this.composer.root;
    if (foot === "start" || foot === "restart") {
      return el(
        "button.wide.primary",
        { type: "button", data: { act: "start" } },
        t(`chat-${foot}`),
      );
    }
    return el("p.foot-note", {}, icon("lock"), t(`chat-${foot}`));
  }

  /** Asks something of the server; null, and a toast that says why, when it is refused. */
  async ask(path, body) {
    try {
      return await post(path, body);
    } catch (error) {
      if (!(error instanceof DoorError)) throw error;
      this.toast(error.offline ? t("phone-offline") : error.message);
      return null;
    }
  }
}
