/** Keyboards: the buttons under a message, and those in the place of the keyboard. */

import { post } from "./door.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const PATIENCE = 15_000; // milliseconds for which a tapped button shows that it waits

/** The buttons under a message; `isBusy(data)` tells which wait for their answer. */
export function inlineKeys(message, isBusy) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return el(
    "div.keys",
    { role: "group", "aria-label": t("message-buttons") },
    rows.map((row, r) =>
      el(
        "div.keys-row",
        {},
        row.map((button, c) => keyNode(button, r, c, isBusy(button.callback_data))),
      ),
    ),
  );
}

function keyNode(button, row, column, busy) {
  const kind = { url: "link", copy_text: "copy" }[Object.keys(button).find((k) => k !== "text")];
  return el(
    "button.key",
    {
      type: "button",
      "aria-busy": busy ? "true" : null,
      data: { act: "tap", row, column, style: button.style },
    },
    el("span", {}, button.text),
    kind && icon(kind),
    busy && el("span.spinner", { "aria-hidden": "true" }),
  );
}

/** Taps on one phone: a button that waits for its answer does not take another tap. */
export class Taps {
  #store;
  #user;
  #busy = new Set();

  constructor(store, user) {
    this.#store = store;
    this.#user = user;
  }

  /** Whether a button of a message waits for its answer. */
  isBusy(message, data) {
    return data !== undefined && this.#busy.has(keyOf(message, data));
  }

  /**
   * Taps a callback button and waits. Gives the bot's answer, or null when none came in time or
   * the button is waiting already. `changed` is called when the waiting begins and ends. Throws
   * DoorError.
   */
  async tap(message, data, changed) {
    const key = keyOf(message, data);
    if (this.#busy.has(key)) return null;
    this.#busy.add(key);
    changed();
    try {
      const where = { user: this.#user, chat: message.chat.id, message_id: message.message_id };
      const { id } = await post("/control/tap", { ...where, data });
      return await this.#store.answerTo(id, PATIENCE);
    } finally {
      this.#busy.delete(key);
      changed();
    }
  }
}

const keyOf = (message, data) => `${message.chat.id}:${message.message_id}:${data}`;

/**
 * What stands in the place of the keyboard: the last markup that the bot sent into the chat and
 * that still holds, as {message, markup}; null without one.
 */
export function replyMarkup(messages, userId) {
  const found = messages.findLast((message) => message.keyboard && isMeant(message, userId));
  if (!found || found.keyboard.remove_keyboard) return null;
  return { message: found, markup: found.keyboard };
}

/** A selective keyboard is for those whom its message answers or names. */
function isMeant({ keyboard, reply_to_message: replied, entities = [] }, userId) {
  if (!keyboard.selective) return true;
  return replied?.from?.id === userId || entities.some((e) => e.user?.id === userId);
}

/** The buttons of a reply keyboard. */
export function replyKeys(markup) {
  return el(
    "div.reply-keys",
    { role: "group", "aria-label": t("composer-keyboard") },
    markup.keyboard.map((row) =>
      el(
        "div.keys-row",
        {},
        row.map((button) => {
          const given = typeof button === "string" ? { text: button } : button;
          const asks = given.request_location
            ? "location"
            : given.request_contact
              ? "contact"
              : null;
          return el(
            "button.key",
            { type: "button", data: { act: "press", text: given.text, asks } },
            given.text,
          );
        }),
      ),
    ),
  );
}
