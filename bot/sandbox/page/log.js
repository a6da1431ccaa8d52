/**
 * The messages of one chat on one phone: drawn in place (only what changed is made anew),
 * scrolled as a messenger scrolls, walked through with the arrow keys.
 *
 * One message at a time is in the reach of the Tab key, with its buttons; the arrow keys choose
 * which, so that a long chat does not stand between the head and the text field.
 */

import { bubbleNode, metaNode, serviceNode, tickOf } from "./bubble.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { isService } from "./service.js";
import { t } from "./words.js";
import { dateOf } from "./when.js";

const NEAR = 60; // pixels from the end that count as the end
const FLASH = 1600; // milliseconds for which a message that was jumped to stands out
const CONTROLS = "button, a, audio, video, summary, [role=button]";

export class Log {
  #screen;
  #drawn = new Map(); // key -> {node, stamp}
  #current = null; // key of the message in reach of the Tab key
  #firstUnread;
  #opened = false;
  #size = "";
  #atEnd = true; // whether the last message was in view before anything new came

  /** `screen` is the chat's: store, user, where, reading, outbox, isSeen() and what bubbles need. */
  constructor(screen) {
    this.#screen = screen;
    this.list = el("div.log", {
      role: "log",
      "aria-label": t("chat-messages"),
      tabindex: 0,
      on: {
        scroll: () => this.#scrolled(),
        keydown: (event) => this.#key(event),
        focusin: ({ target }) => this.#reach(target.closest("article")),
      },
    });
    this.toEnd = el(
      "button.round.to-end",
      {
        type: "button",
        hidden: true,
        "aria-label": t("chat-to-end"),
        on: { click: () => this.end() },
      },
      icon("down"),
      el("span.badge", { hidden: true }),
    );
    this.root = el("div.log-frame", {}, this.list, this.toEnd);
    this.resized = new ResizeObserver(() => this.#scrolled());
    this.resized.observe(this.list);
  }

  close() {
    this.resized.disconnect();
  }

  /** Draws what there is now. */
  draw() {
    const atEnd = this.#atEnd || !this.#opened;
    const focused = this.#focused();
    const items = this.#items();
    const keys = new Set(items.map((item) => item.key));
    for (const [key, { node }] of this.#drawn) {
      if (keys.has(key)) continue;
      node.remove();
      this.#drawn.delete(key);
    }
    let before = null;
    for (const item of items) {
      const node = this.#node(item);
      const next = before ? before.nextSibling : this.list.firstChild;
      if (node !== next) this.list.insertBefore(node, next);
      before = node;
    }
    this.#keepReach();
    this.#refocus(focused);
    if (atEnd) this.#toBottom();
    if (!this.#opened && this.#screen.isLoaded) this.#open();
    this.#scrolled();
  }

  /** Draws everything anew, as in another language. */
  redraw() {
    for (const drawn of this.#drawn.values()) drawn.stamp = null;
    this.draw();
  }

  /** Scrolls to the last message. */
  end() {
    this.#atEnd = true;
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: "smooth" });
  }

  /** Scrolls to a message and makes it stand out for a moment; false when it is not there. */
  show(messageId) {
    const node = this.#article(messageId);
    if (!node) return false;
    if (node === this.#articles().at(-1)) this.#toBottom();
    else if (!this.#isInView(node)) node.scrollIntoView({ block: "center" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), FLASH);
    return true;
  }

  /** Moves the focus to a message, the last one by default. */
  focus(messageId = null) {
    const node = messageId === null ? this.#articles().at(-1) : this.#article(messageId);
    node?.focus();
  }

  #items() {
    const { store, where, outbox, reading, user } = this.#screen;
    const messages = this.#screen.messages();
    const items = [];
    let day = null;
    if (!messages.length && this.#screen.isLoaded)
      items.push({ key: "empty", empty: this.#screen.emptyText() });
    this.#firstUnread ??= this.#screen.isLoaded
      ? reading.upTo(user, where.chat, where.thread)
      : undefined;
    for (const message of [...messages, ...outbox.drafts(this.#screen.where)]) {
      const today = dateOf(store, message.date);
      if (today !== day) items.push({ key: `day ${today}`, day: (day = today) });
      const last = items.at(-1);
      if (message.media_group_id && last.group === message.media_group_id) {
        last.messages.push(message);
        continue;
      }
      if (this.#opensUnread(message, items)) items.push({ key: "unread", unread: true });
      items.push({
        key: `message ${message.message_id}`,
        group: message.media_group_id,
        messages: [message],
      });
    }
    return items;
  }

  #opensUnread(message, items) {
    if (this.#firstUnread === undefined || this.#screen.openedAt === null) return false;
    const between =
      message.message_id > this.#firstUnread && message.message_id <= this.#screen.openedAt;
    return between && message.from?.id !== this.#screen.user && !items.some((item) => item.unread);
  }

  #node(item) {
    const stamp = this.#stamp(item);
    const last = item.messages?.at(-1);
    const tick =
      last && !isService(last) ? tickOf(this.#screen.store, this.#screen.user, last) : null;
    const known = this.#drawn.get(item.key);
    if (known?.stamp === stamp) {
      if (known.tick !== tick) this.#drawTick(known.node, last);
      known.tick = tick;
      return known.node;
    }
    const node = this.#make(item);
    if (known) known.node.replaceWith(node);
    this.#drawn.set(item.key, { node, stamp, tick });
    return node;
  }

  /** A message that only got another tick keeps its pictures and what is being played. */
  #drawTick(node, message) {
    const focused = node.querySelector(".meta").contains(document.activeElement);
    node.querySelector(".meta").replaceWith(metaNode(message, this.#screen));
    node.dataset.reach = "";
    if (focused) node.querySelector(".reply")?.focus();
  }

  /** What a drawn item depends on: another stamp, another drawing. */
  #stamp({ messages, day, empty }) {
    if (!messages) return day ?? empty ?? "";
    const { store } = this.#screen;
    return messages
      .map((m) =>
        [
          m.message_id,
          m.edits,
          m.entry?.state === "failed" && m.entry.error,
          m.silent,
          store.message(m.chat?.id, m.reply_to_message?.message_id)?.edits,
          this.#screen.busyKeys(m),
          this.#screen.canWrite,
          Boolean(this.#screen.plan),
        ].join(),
      )
      .join(";");
  }

  #make({ day, unread, empty, messages }) {
    if (empty) return el("p.empty", {}, empty);
    if (day) return el("p.day", {}, el("span", {}, day));
    if (unread) return el("p.unread-line", {}, t("chat-unread"));
    return isService(messages[0]) ? serviceNode(messages[0]) : bubbleNode(messages, this.#screen);
  }

  // Scrolling and what has been read

  #open() {
    this.#opened = true;
    const line = this.list.querySelector(".unread-line");
    if (line) line.scrollIntoView({ block: "start" });
    else this.#toBottom();
  }

  #isInView(node) {
    const [shown, frame] = [node.getBoundingClientRect(), this.list.getBoundingClientRect()];
    return shown.top >= frame.top && shown.bottom <= frame.bottom;
  }

  #toBottom() {
    this.list.scrollTop = this.list.scrollHeight;
  }

  #scrolled() {
    this.#keepEnd();
    const { scrollTop, clientHeight, scrollHeight } = this.list;
    this.#atEnd = scrollTop + clientHeight >= scrollHeight - NEAR;
    const { reading, user, where } = this.#screen;
    const last = this.#screen.messages().at(-1);
    if (last && this.#atEnd && this.#opened && this.#screen.isSeen()) {
      reading.mark(user, where.chat, where.thread, last.message_id);
    }
    const unread = reading.count(user, where.chat, where.thread);
    this.toEnd.hidden = this.#atEnd;
    const badge = this.toEnd.querySelector(".badge");
    badge.hidden = !unread;
    badge.textContent = unread || "";
  }

  /** In a log of another size the text flows anew: its end stays in view if it was. */
  #keepEnd() {
    const size = `${this.list.clientWidth} ${this.list.clientHeight}`;
    if (size === this.#size) return;
    this.#size = size;
    if (this.#atEnd) this.#toBottom();
  }

  // The keyboard's reach

  #articles() {
    return [...this.list.querySelectorAll("article")];
  }

  #article(messageId) {
    return this.#articles().find((node) => node.dataset.id === String(messageId));
  }

  #key(event) {
    const here = event.target.closest("article");
    const all = this.#articles();
    const at = all.indexOf(here);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (next !== undefined && here) {
      event.preventDefault();
      all[Math.min(Math.max(next, 0), all.length - 1)].focus();
    } else if (
      event.target === here &&
      ["Enter", "r", "R"].includes(event.key) &&
      !event.ctrlKey &&
      !event.metaKey
    ) {
      event.preventDefault();
      this.#screen[event.key === "Enter" ? "menu" : "reply"](here);
    }
  }

  #reach(article) {
    if (!article) return;
    this.#current = article.dataset.id;
    this.#keepReach();
  }

  #keepReach() {
    const all = this.#articles();
    const chosen = all.find((node) => node.dataset.id === this.#current) ?? all.at(-1);
    for (const node of all) {
      const index = node === chosen ? 0 : -1;
      if (node.tabIndex === index && node.dataset.reach === String(index)) continue;
      node.tabIndex = index;
      node.dataset.reach = index;
      for (const control of node.querySelectorAll(CONTROLS)) control.tabIndex = index;
    }
    this.list.tabIndex = all.length ? -1 : 0;
    if (!all.some((node) => node.dataset.id === this.#current)) this.#current = null;
  }

  #focused() {
    const node = document.activeElement;
    const article = this.list.contains(node) && node.closest("article");
    return (
      article && { id: article.dataset.id, act: node === article ? null : { ...node.dataset } }
    );
  }

  /** A message that was drawn anew keeps the focus, on the same button if it still has it. */
  #refocus(focused) {
    if (!focused || this.list.contains(document.activeElement)) return;
    const article = this.#article(focused.id);
    const same =
      focused.act &&
      [...(article?.querySelectorAll("[data-act]") ?? [])].find((node) =>
        ["act", "row", "column"].every((name) => node.dataset[name] === focused.act[name]),
      );
    (same || article || this.#articles().at(-1))?.focus({ preventScroll: true });
  }
}
