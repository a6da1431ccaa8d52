/** The list of somebody's chats, and the list of a forum's topics. */

import { delegate, el, setText } from "./dom.js";
import { icon } from "./icons.js";
import { summaryOf } from "./bubble.js";
import { avatar, drawingOf, faceOf, senderOf, titleOf } from "./names.js";
import { isService, serviceText } from "./service.js";
import { threadOf } from "./unread.js";
import { t } from "./words.js";
import { recentOf } from "./when.js";

const PRESENT = new Set(["creator", "administrator", "member", "restricted"]);

/** The chats that somebody is in, those with the latest message first. */
export function chatsOf(store, user) {
  const mine = [...store.chats.values()].filter((chat) =>
    chat.type === "private"
      ? chat.id === user
      : !chat.migrated_to && chat.members.some((m) => m.user === user && PRESENT.has(m.status)),
  );
  const latest = (chat) => store.messages(chat.id).at(-1)?.date ?? 0;
  return mine.sort((a, b) => latest(b) - latest(a) || (a.type === "private" ? -1 : 1));
}

/** How many messages somebody has not read, over all their chats. */
export function unreadOf({ store, reading }, user) {
  return chatsOf(store, user).reduce((sum, chat) => sum + reading.count(user, chat.id), 0);
}

class ListScreen {
  constructor(phone, title) {
    this.phone = phone;
    this.list = el("ul.chat-list", { "aria-label": title });
    this.offline = el("p.offline", { role: "status", hidden: true });
    this.head = el("header.screen-head");
    this.root = el("div.screen", {}, this.head, this.offline, this.list);
    this.stamp = null;
    delegate(this.root, {
      back: () => phone.back(),
      open: ({ dataset }) => phone.show(this.place(dataset), { focus: true }),
    });
  }

  draw() {
    const { online } = this.phone.store;
    this.offline.hidden = online;
    setText(this.offline, online ? "" : t("phone-connecting"));
    const rows = this.rows();
    const stamp = JSON.stringify(rows);
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    const at = this.list.contains(document.activeElement)
      ? document.activeElement.dataset.id
      : null;
    this.list.replaceChildren(...rows.map(rowNode));
    if (at) this.list.querySelector(`[data-id="${at}"]`)?.focus();
  }

  focus() {
    this.list.querySelector("button")?.focus();
  }

  close() {}

  typing() {}

  show() {
    return false;
  }

  row(id, title, drawing, messages, unread, face = id) {
    const { store, user } = this.phone;
    const last = messages.at(-1);
    return {
      id,
      title,
      drawing,
      unread,
      face,
      time: last ? recentOf(store, last.date) : "",
      line: last ? lineOf(last, user) : t("chat-empty"),
    };
  }
}

/** All chats of the phone's person. */
export class ChatsScreen extends ListScreen {
  constructor(phone) {
    super(phone, t("chat-list"));
    this.head.append(el("div.screen-title", {}, el("h4", {}, t("chat-list"))));
    this.draw();
  }

  place({ id }) {
    return { chat: Number(id) };
  }

  rows() {
    const { store, user, reading } = this.phone;
    return chatsOf(store, user).map((chat) =>
      this.row(
        chat.id,
        titleOf(store, chat),
        drawingOf(chat),
        store.messages(chat.id),
        reading.count(user, chat.id),
        faceOf(store, chat),
      ),
    );
  }
}

/** The topics of a forum. */
export class TopicsScreen extends ListScreen {
  constructor(phone, where) {
    super(phone, t("chat-topics"));
    this.where = where;
    phone.store.load(where.chat).catch(() => {}); // made good by the next sync
    const chat = phone.store.chats.get(where.chat);
    this.head.append(
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
      avatar(chat.id, chat.title, "forum"),
      el("div.screen-title", {}, el("h4", {}, chat.title), el("p", {}, t("chat-topics"))),
    );
    this.draw();
  }

  place({ id }) {
    return { chat: this.where.chat, thread: Number(id) };
  }

  rows() {
    const { store, user, reading } = this.phone;
    const chat = store.chats.get(this.where.chat);
    const topics = chat.topics
      .filter((one) => !one.deleted)
      .map((one) => [one.message_thread_id, one.name]);
    const rows = [[0, t("chat-general")], ...topics].map(([id, name]) => {
      const messages = store.messages(chat.id).filter((m) => threadOf(m) === id);
      return {
        date: messages.at(-1)?.date ?? 0,
        ...this.row(id, name, "topic", messages, reading.count(user, chat.id, id)),
      };
    });
    return rows.sort((a, b) => b.date - a.date);
  }
}

function lineOf(message, user) {
  if (isService(message)) return serviceText(message);
  const who =
    message.from?.id === user
      ? t("message-you")
      : message.chat.type === "private"
        ? ""
        : senderOf(message)?.name;
  return [who && `${who}${t("chat-colon")}`, summaryOf(message)].filter(Boolean).join("");
}

function rowNode({ id, title, drawing, time, line, unread, face }) {
  return el(
    "li",
    {},
    el(
      "button.chat-row",
      { type: "button", data: { act: "open", id } },
      avatar(face, title, drawing),
      el("span.chat-name", {}, title),
      el("time", {}, time),
      el("span.chat-line", {}, line),
      unread > 0 &&
        el("span.badge", {}, String(unread), el("span.hidden-words", {}, t("chat-unread-count"))),
    ),
  );
}
