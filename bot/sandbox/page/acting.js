/** What the buttons, links and menus of a chat do. */

import { DoorError } from "./door.js";
import { delegate, el } from "./dom.js";
import { payloadOf, safeUrl } from "./links.js";
import { viewPhoto } from "./media.js";
import { openAlert, openMenu, openQuestion, openSheet, sheetHead } from "./sheet.js";
import { t } from "./words.js";

export class Acts {
  #screen;
  #phone;

  /** Listens on the screen of a chat, on somebody's phone. */
  constructor(screen, phone) {
    this.#screen = screen;
    this.#phone = phone;
    delegate(screen.root, {
      back: () => phone.back(),
      chatMenu: () => this.#chatMenu(),
      command: ({ dataset }) => this.#command(dataset.text),
      copy: ({ dataset }) => this.#copy(dataset.text),
      drop: ({ dataset }) => screen.outbox.drop(dataset.id),
      jump: ({ dataset }) => screen.show(Number(dataset.to)) || screen.toast(t("message-deleted")),
      link: ({ dataset }) => this.open(dataset.url),
      press: ({ dataset }) => this.#press(dataset),
      reply: (node) => this.reply(node.closest("article")),
      retry: ({ dataset }) => screen.outbox.retry(dataset.id),
      reveal: (node) => this.#reveal(node),
      start: () => phone.start(),
      tap: (node) => this.#tap(node),
      view: ({ dataset }) => viewPhoto(dataset.source, t("message-photo")),
    });
    screen.root.addEventListener("contextmenu", (event) => this.#contextMenu(event));
    screen.root.addEventListener("dblclick", (event) => this.#doubleClick(event));
    screen.root.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Begins an answer to a message. */
  reply(article) {
    const message = this.#messageOf(article);
    if (message && this.#screen.canWrite) this.#screen.composer.reply(message);
  }

  /** Offers what can be done with a message. */
  async menu(article) {
    const screen = this.#screen;
    const message = this.#messageOf(article);
    if (!message) return;
    const own = message.from?.id === screen.user;
    const text = message.text ?? message.caption;
    const entries = [
      screen.canWrite && { id: "reply", icon: "reply", text: t("message-reply") },
      text &&
        !message.has_protected_content && { id: "copy", icon: "copy", text: t("message-copy") },
      own && text && screen.canWrite && { id: "edit", icon: "edit", text: t("message-edit") },
      own && { id: "delete", icon: "trash", text: t("message-delete"), danger: true },
    ].filter(Boolean);
    if (!entries.length) return;
    const chosen = await openMenu(screen.host, t("message-menu"), entries);
    const acts = {
      reply: () => screen.composer.reply(message),
      copy: () => this.#copy(text),
      edit: () => screen.composer.edit(message),
      delete: () =>
        screen.ask("/control/delete", {
          chat: message.chat.id,
          message_ids: [message.message_id],
        }),
    };
    await acts[chosen]?.();
  }

  /** Follows a link: the bot's own start links in this phone, others after a question. */
  open(url) {
    const payload = payloadOf(url, this.#screen.store.bot.username);
    const href = safeUrl(url);
    if (payload !== null) this.#phone.deepLink(payload);
    else if (href) this.#askToOpen(href);
  }

  #askToOpen(href) {
    const sheet = openSheet(this.#screen.host, {
      label: t("message-open-link"),
      look: "alert",
      content: [
        sheetHead(t("message-open-link"), () => sheet.close()),
        el("p.address", {}, href),
        el(
          "a.primary",
          {
            href,
            target: "_blank",
            rel: "noopener noreferrer",
            on: { click: () => sheet.close() },
          },
          t("message-open"),
        ),
      ],
    });
  }

  #messageOf(article) {
    return this.#screen.store.message(this.#screen.where.chat, Number(article?.dataset.id));
  }

  async #tap(node) {
    const message = this.#messageOf(node.closest("article"));
    const button = message?.reply_markup?.inline_keyboard[node.dataset.row]?.[node.dataset.column];
    if (!button) return;
    if (button.url) this.open(button.url);
    else if (button.copy_text) await this.#copy(button.copy_text.text);
    else if (button.callback_data) await this.#callback(message, button.callback_data);
    else this.#screen.toast(t("message-button-unknown"));
  }

  async #callback(message, data) {
    try {
      const answer = await this.#phone.taps.tap(message, data, () => this.#screen.log.draw());
      if (answer?.url) this.open(answer.url);
      else if (answer?.text && answer.show_alert) openAlert(this.#screen.host, answer.text);
      else if (answer?.text) this.#screen.toast(answer.text);
    } catch (error) {
      if (!(error instanceof DoorError)) throw error;
      this.#screen.toast(error.offline ? t("phone-offline") : error.message);
    }
  }

  /** A command that is pressed in a group is meant for this bot among others. */
  #command(command) {
    const { chat, store, composer, canWrite } = this.#screen;
    if (!canWrite) return;
    const bare = chat.type === "private" || command.includes("@");
    composer.sendText(bare ? command : `${command}@${store.bot.username}`);
  }

  #press({ asks, text }) {
    const { composer } = this.#screen;
    if (asks === "location") composer.sendLocation();
    else if (asks === "contact") composer.sendContact();
    else composer.sendText(text);
    this.#screen.keyboardUsed();
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.#screen.toast(t("message-copied"));
    } catch {
      this.#screen.toast(text); // not allowed here: it can at least be read
    }
  }

  #reveal(node) {
    for (const name of ["role", "tabindex", "aria-label", "data-act"]) node.removeAttribute(name);
    node.classList.add("revealed");
    node.firstElementChild.removeAttribute("aria-hidden");
  }

  /** What is pressed like a button without being one answers to the keyboard as one. */
  #key(event) {
    if (!event.target.matches("span[data-act], code[data-act]")) return;
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.target.click();
  }

  #contextMenu(event) {
    const article = event.target.closest("article");
    if (!article || !getSelection().isCollapsed) return;
    event.preventDefault();
    this.menu(article);
  }

  #doubleClick(event) {
    const article = event.target.closest("article");
    if (!article || event.target.closest("button, a, code, .voice")) return;
    getSelection().removeAllRanges();
    this.reply(article);
  }

  async #chatMenu() {
    const { chat, host, user, store } = this.#screen;
    const entry = chat.blocked
      ? { id: "unblock", icon: "retry", text: t("chat-unblock") }
      : { id: "block", icon: "stop", text: t("chat-block"), danger: true };
    const chosen = await openMenu(host, t("chat-menu"), [entry]);
    if (chosen === "unblock") await this.#phone.start();
    if (chosen !== "block" || !(await openQuestion(host, t("chat-block-ask"), t("chat-block"))))
      return;
    if (await this.#screen.ask("/control/block", { user }))
      store.changeChat(chat.id, { blocked: true });
  }
}
