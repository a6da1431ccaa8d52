/**
 * What the page knows of the town, kept up to date by the event log.
 *
 * Every event comes out as a CustomEvent of its kind ("message", "confirmed", "clock" …) with
 * the event as `detail`, after the store itself is up to date; then one "change" with
 * `detail.chats`, the set of chat ids that look different now (null: everything may). "ready"
 * comes once at first, "online" and "offline" when the server is lost and found again.
 */

import { DoorError, get } from "./door.js";

const WATCH = 25; // seconds for which one look at the event log waits
const PAUSES = [300, 600, 1200, 2500, 4000]; // milliseconds between attempts to get back
const KEPT_ANSWERS = 200;
const MESSAGES = new Set(["message", "edit"]);
const PLACES = new Set(["user", "chat", "member", "topic", "migrate", "town"]);

export class Store extends EventTarget {
  /** The answer of `GET town`; null until "ready". */
  town = null;
  users = new Map();
  chats = new Map();
  /** Who plays what: {user, unit, role, name, says}. */
  cast = [];
  online = true;
  /** Updates with a smaller id have reached the bot. */
  confirmed = 0;
  /** The bot's command lists by scope; null until asked for. */
  commands = null;
  #last = 0;
  #logs = new Map();
  #sorted = new Map();
  #loading = new Map();
  #answers = new Map();
  #firstNews = new Map();
  #clock = { at: 0, told: Date.now() };
  #watch = null;
  #wake = () => {};

  /** Follows the town for ever. */
  async run() {
    for (const name of ["online", "offline"]) addEventListener(name, () => this.#hurry());
    for (let failures = 0; ;) {
      try {
        await this.#sync();
        failures = 0;
        await this.#follow();
      } catch (error) {
        if (!(error instanceof DoorError)) throw error;
        if (this.#watch?.signal.aborted) continue;
        this.#setOnline(false);
        await this.#pause(PAUSES[Math.min(failures++, PAUSES.length - 1)]);
      }
    }
  }

  /** The town's time, running on between two events that tell it. */
  now() {
    return new Date(this.#clock.told + (performance.now() - this.#clock.at));
  }

  get bot() {
    return this.town?.bot ?? { id: 0, first_name: "", username: "" };
  }

  /** The chat's messages that are not deleted, oldest first; empty until `load` is done. */
  messages(chatId) {
    if (!this.#sorted.has(chatId)) {
      const all = [...(this.#logs.get(chatId)?.values() ?? [])];
      const live = all.filter((message) => !message.deleted);
      this.#sorted.set(
        chatId,
        live.sort((a, b) => a.message_id - b.message_id),
      );
    }
    return this.#sorted.get(chatId);
  }

  /** One message, unless unknown or deleted. */
  message(chatId, messageId) {
    const found = this.#logs.get(chatId)?.get(messageId);
    return found && !found.deleted ? found : null;
  }

  isLoaded(chatId) {
    return this.#logs.has(chatId);
  }

  /** Fetches a chat's messages, once; they are kept up to date from then on. */
  load(chatId) {
    if (this.#logs.has(chatId)) return Promise.resolve();
    if (!this.#loading.has(chatId)) {
      const done = this.#fetch(chatId, 0)
        .then(() => this.#changed(new Set([chatId])))
        .finally(() => this.#loading.delete(chatId));
      this.#loading.set(chatId, done);
    }
    return this.#loading.get(chatId);
  }

  /** Takes messages that the server has just given; the event log would bring them too. */
  put(chatId, messages) {
    const log = this.#logs.get(chatId);
    if (!log) return;
    for (const message of messages) {
      const known = log.get(message.message_id);
      if (!known || known.edits < message.edits) log.set(message.message_id, message);
    }
    this.#changed(new Set([chatId]));
  }

  /** Takes what is known of a chat before the server tells it, such as that it was started. */
  changeChat(chatId, fields) {
    const chat = this.chats.get(chatId);
    if (chat) this.chats.set(chatId, { ...chat, ...fields });
    this.#changed(new Set([chatId]));
  }

  /** Asks again who there is and which chats; for those who have just made somebody new. */
  async refresh() {
    await this.#takeTown();
    this.#changed(null);
  }

  /** The number of the first message seen arriving while the chat was not loaded, or null. */
  firstNews(chatId) {
    return this.#firstNews.get(chatId) ?? null;
  }

  /** The bot's answer to a tap, or null when none has come after so many milliseconds. */
  answerTo(tapId, patience) {
    return new Promise((resolve) => {
      if (this.#answers.has(tapId)) {
        resolve(this.#answers.get(tapId));
        return;
      }
      const done = (answer) => {
        clearTimeout(timer);
        this.removeEventListener("answer", listen);
        resolve(answer);
      };
      const listen = ({ detail }) => detail.id === tapId && done(detail);
      const timer = setTimeout(done, patience, null);
      this.addEventListener("answer", listen);
    });
  }

  /** Whether the bot has taken the update that told it of this message. */
  isConfirmed(message) {
    return Boolean(message.update_id) && message.update_id < this.confirmed;
  }

  async #sync() {
    const first = this.town === null;
    this.#watch = null;
    await this.#takeTown();
    this.#last = this.town.last;
    this.confirmed = this.town.confirmed ?? 0;
    this.#tellTime(this.town.now);
    const loaded = [...this.#logs.keys()];
    for (const chatId of loaded) if (!this.chats.has(chatId)) this.#forget(chatId);
    await Promise.all([...this.#logs.keys()].map((id) => this.#fetch(id, 0, true)));
    this.commands = await get("/control/commands");
    this.#setOnline(true);
    if (first) this.#tell("ready", this.town);
    this.#changed(null);
  }

  async #takeTown() {
    this.town = await get("/control/town");
    this.users = new Map(this.town.users.map((user) => [user.id, user]));
    this.chats = new Map(this.town.chats.map((chat) => [chat.id, chat]));
    this.cast = this.town.cast;
  }

  /** Takes events as they come; returns when they can no longer be followed one by one. */
  async #follow() {
    for (;;) {
      this.#watch = new AbortController();
      const path = `/control/events?since=${this.#last}&timeout=${WATCH}`;
      const { events, last } = await get(path, { signal: this.#watch.signal });
      const gap = events.length ? events[0].seq > this.#last + 1 : last !== this.#last;
      if (gap || events.some((event) => event.kind === "clear")) return;
      await this.#take(events);
      this.#last = last;
    }
  }

  async #take(events) {
    const since = new Map();
    const chats = new Set();
    let places = false;
    for (const event of events) {
      if (MESSAGES.has(event.kind)) this.#note(event, since);
      if (event.chat !== undefined) chats.add(event.chat);
      places ||= PLACES.has(event.kind);
      this.#apply(event, chats);
    }
    if (places) await this.#takeTown();
    if (events.some((event) => event.kind === "profile"))
      this.commands = await get("/control/commands");
    await Promise.all([...since].map(([chatId, number]) => this.#fetch(chatId, number - 1)));
    for (const event of events) this.#tell(event.kind, event);
    this.#changed(places ? null : chats);
  }

  #note(event, since) {
    if (this.#logs.has(event.chat)) {
      since.set(event.chat, Math.min(event.message_id, since.get(event.chat) ?? Infinity));
    } else if (event.kind === "message" && !this.#firstNews.has(event.chat)) {
      this.#firstNews.set(event.chat, event.message_id);
    }
  }

  #apply(event, chats) {
    if (event.kind === "delete") this.#markDeleted(event);
    if (event.kind === "clock") this.#tellTime(event.now);
    if (event.kind === "answer") this.#keepAnswer(event);
    if (event.kind === "confirmed") {
      this.confirmed = Math.max(this.confirmed, event.offset);
      for (const chatId of this.#logs.keys()) chats.add(chatId);
    }
  }

  #markDeleted({ chat, message_id: number }) {
    const log = this.#logs.get(chat);
    const message = log?.get(number);
    if (message) log.set(number, { ...message, deleted: true });
    this.#sorted.delete(chat);
  }

  #keepAnswer(event) {
    this.#answers.set(event.id, event);
    if (this.#answers.size > KEPT_ANSWERS) this.#answers.delete(this.#answers.keys().next().value);
  }

  async #fetch(chatId, since, afresh = false) {
    const found = await get(`/control/chat/${chatId}/messages?since=${since}`);
    const log = afresh ? new Map() : (this.#logs.get(chatId) ?? new Map());
    for (const message of found) log.set(message.message_id, message);
    this.#logs.set(chatId, log);
    this.#sorted.delete(chatId);
    this.#takeState(chatId, found);
  }

  /** A private chat in which the person has written has been started, whoever says otherwise. */
  #takeState(chatId, messages) {
    const chat = this.chats.get(chatId);
    if (chat?.type !== "private" || chat.started) return;
    if (messages.some((m) => !m.from_bot)) this.chats.set(chatId, { ...chat, started: true });
  }

  #forget(chatId) {
    this.#logs.delete(chatId);
    this.#sorted.delete(chatId);
  }

  #changed(chats) {
    for (const chatId of chats ?? []) this.#sorted.delete(chatId);
    this.#tell("change", { chats });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  #tellTime(instant) {
    this.#clock = { at: performance.now(), told: Date.parse(instant) };
  }

  #setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.#tell(online ? "online" : "offline", {});
  }

  /** The network has changed: what waits would wait in vain. */
  #hurry() {
    this.#watch?.abort();
    this.#wake();
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }
}
