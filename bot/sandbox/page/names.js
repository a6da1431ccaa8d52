/** What people and chats are called, and the round picture that stands for them. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const HUES = 7;
const GROUP_ANONYMOUS = 1087968824;

/** First and last name. */
export function nameOf(user) {
  return [user.first_name, user.last_name].filter(Boolean).join(" ");
}

/** The words for what somebody does in the town; empty for somebody outside the cast. */
export function roleOf(store, userId) {
  const part = partOf(store, userId);
  return part ? t(`phone-role-${part.role}`) : "";
}

/** The person's entry in the cast, if they have one. */
export function partOf(store, userId) {
  return store.cast.find((one) => one.user === userId);
}

/** What a chat is called on somebody's phone: a private chat is the bot. */
export function titleOf(store, chat) {
  return chat.type === "private" ? nameOf(store.bot) : chat.title;
}

/** The name over somebody's message, or null where it goes without saying. */
export function senderOf(message) {
  if (message.sender_chat && (!message.from || message.from.id === GROUP_ANONYMOUS)) {
    return { id: message.sender_chat.id, name: message.sender_chat.title };
  }
  return message.from ? { id: message.from.id, name: nameOf(message.from) } : null;
}

/** One of a few colours, always the same for the same id. */
export function hueOf(id) {
  return Math.abs(id) % HUES;
}

/** The round picture of a person or chat: its first letter, or a drawing for a kind of chat. */
export function avatar(id, name, drawing = null) {
  const first = [...name.replace(/[^\p{L}\p{N}]/gu, "")][0] ?? "?";
  const inside = drawing ? icon(drawing) : first.toUpperCase();
  return el("span.avatar", { "aria-hidden": "true", data: { hue: hueOf(id) } }, inside);
}

/** Whose colour a chat has: a private one is the bot's. */
export function faceOf(store, chat) {
  return chat.type === "private" ? store.bot.id : chat.id;
}

/** The drawing for a kind of chat; null for a private one. */
export function drawingOf(chat) {
  if (chat.is_forum) return "forum";
  return { group: "group", supergroup: "group", channel: "megaphone" }[chat.type] ?? null;
}
