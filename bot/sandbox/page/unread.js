/**
 * Which messages a person has read, kept in this browser for all its tabs.
 *
 * What was there before the page was first opened counts as read.
 */

import { isService } from "./service.js";

const STORED = "huying-read";

export class Reading {
  #store;
  #read = remembered();

  constructor(store) {
    this.#store = store;
    addEventListener("storage", (event) => {
      if (event.key !== STORED) return;
      this.#read = remembered();
      store.dispatchEvent(new CustomEvent("change", { detail: { chats: null } }));
    });
  }

  /** How many messages of others somebody has not read in a chat, or in one of its topics. */
  count(user, chat, thread = null) {
    const fresh = this.#store.messages(chat).filter((m) => m.from?.id !== user && !isService(m));
    return fresh.filter((m) => this.#matches(m, thread) && m.message_id > this.#upTo(user, m))
      .length;
  }

  /** The number of the last message that somebody has read in a topic or in a chat without. */
  upTo(user, chat, thread = null) {
    return this.#pointer(user, chat, thread ?? 0);
  }

  /** Somebody has read up to that message. */
  mark(user, chat, thread, messageId) {
    if (this.upTo(user, chat, thread) >= messageId) return;
    this.#keep(`${user}:${chat}:${thread ?? 0}`, messageId);
    this.#store.dispatchEvent(new CustomEvent("change", { detail: { chats: new Set([chat]) } }));
  }

  #matches(message, thread) {
    return thread === null || threadOf(message) === thread;
  }

  #upTo(user, message) {
    return this.#pointer(user, message.chat.id, threadOf(message));
  }

  #pointer(user, chat, thread) {
    if (!this.#store.isLoaded(chat)) return Infinity;
    const key = `${user}:${chat}:${thread}`;
    const last = this.#store.messages(chat).at(-1)?.message_id ?? 0;
    // A number beyond the last message is of a town that has been begun afresh since.
    if (!(key in this.#read) || this.#read[key] > last) {
      const news = this.#store.firstNews(chat);
      this.#keep(key, news === null ? last : news - 1);
    }
    return this.#read[key];
  }

  #keep(key, messageId) {
    this.#read = { ...remembered(), ...this.#read, [key]: messageId };
    try {
      localStorage.setItem(STORED, JSON.stringify(this.#read));
    } catch {
      // it then holds until the page is left
    }
  }
}

/** The topic that a message is in; 0 for none, which in a forum is the general one. */
export function threadOf(message) {
  return message.is_topic_message ? message.message_thread_id : 0;
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(STORED)) ?? {};
  } catch {
    return {};
  }
}
