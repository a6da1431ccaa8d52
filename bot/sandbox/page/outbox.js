/**
 * What people have sent and the server has not stored yet.
 *
 * Everything goes out in the order of sending, one at a time for each person, and carries a
 * number of its own by which the server knows it again: an answer that got lost on the way is
 * asked for again, and nothing is said twice. Dispatches "change" with the chat as `detail`.
 */

import { DoorError, post } from "./door.js";
import { keepSource } from "./media.js";

const AGAIN = 2000; // milliseconds after which a lost connection is tried again

export class Outbox extends EventTarget {
  #store;
  #entries = [];
  #running = new Set();

  constructor(store) {
    super();
    this.#store = store;
    addEventListener("beforeunload", (event) => {
      if (this.#entries.some((entry) => entry.state !== "failed")) event.preventDefault();
    });
  }

  /**
   * Sends. `where` is {user, chat, thread?}; `body` gives what `POST /control/say` takes besides
   * (it may be a promise's function: media are read when their turn comes); `drafts` are the
   * messages as they are shown until then, with Telegram's fields.
   */
  send(where, body, drafts) {
    const id = crypto.randomUUID();
    const date = Math.floor(this.#store.now().getTime() / 1000);
    const entry = { id, where, body, state: "waiting", error: null };
    entry.drafts = drafts.map((draft, index) => ({
      message_id: `${id}-${index}`,
      date,
      from: { id: where.user },
      chat: { id: where.chat },
      edits: 0,
      entry,
      ...draft,
    }));
    this.#entries.push(entry);
    this.#changed(entry);
    this.#run(where.user);
  }

  /** What somebody sees as being sent in a chat, or one of its topics; not what is stored. */
  drafts({ user, chat, thread = null }) {
    const here = this.#entries.filter(
      ({ where }) =>
        where.user === user && where.chat === chat && (where.thread ?? null) === thread,
    );
    if (!here.length) return [];
    const stored = new Set(this.#store.messages(chat).map((message) => message.random_id));
    return here.filter((entry) => !stored.has(entry.id)).flatMap((entry) => entry.drafts);
  }

  /** Tries a refused message once more. */
  retry(id) {
    const entry = this.#entries.find((one) => one.id === id);
    if (!entry) return;
    entry.state = "waiting";
    this.#changed(entry);
    this.#run(entry.where.user);
  }

  /** Gives a refused message up. */
  drop(id) {
    const entry = this.#entries.find((one) => one.id === id);
    if (entry) this.#remove(entry);
  }

  async #run(user) {
    if (this.#running.has(user)) return;
    this.#running.add(user);
    let entry;
    while ((entry = this.#entries.find((e) => e.where.user === user && e.state !== "failed"))) {
      await this.#deliver(entry);
    }
    this.#running.delete(user);
  }

  async #deliver(entry) {
    try {
      const content = typeof entry.body === "function" ? await entry.body() : entry.body;
      const said = await post("/control/say", { ...entry.where, ...content, random_id: entry.id });
      said.messages.forEach((message, index) => keepSource(entry.drafts[index], message));
      this.#store.put(entry.where.chat, stored(said, entry.id));
      this.#remove(entry);
    } catch (error) {
      if (error instanceof DoorError && error.offline) {
        await this.#reconnected();
        return;
      }
      entry.state = "failed";
      entry.error = error.message;
      this.#changed(entry);
    }
  }

  #reconnected() {
    return new Promise((resolve) => {
      this.#store.addEventListener("online", resolve, { once: true });
      setTimeout(resolve, AGAIN);
    });
  }

  #remove(entry) {
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#changed(entry);
  }

  #changed(entry) {
    this.dispatchEvent(new CustomEvent("change", { detail: entry.where.chat }));
  }
}

/** The messages of an answer as the chat's own list would show them. */
function stored({ messages, update_ids: updates }, id) {
  return messages.map((message, index) => ({
    ...message,
    from_bot: false,
    edits: 0,
    random_id: id,
    update_id: updates.length === messages.length ? updates[index] : null,
  }));
}
