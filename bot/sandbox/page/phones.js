/** All phones on the page, side by side, and the strip of tabs above them. */

import { unreadOf } from "./chats.js";
import { choosePerson } from "./chooser.js";
import { delegate, el, put } from "./dom.js";
import { icon } from "./icons.js";
import { speaksOurs } from "./languages.js";
import { avatar, roleOf } from "./names.js";
import { Phone } from "./phone.js";
import { t } from "./words.js";

const STORED = "huying-phones";
const SEEN = 0.3; // the part of a phone that must be on the screen for its messages to be read
const NARROWEST = 280; // pixels of a phone, as in the style sheet; so are the next three
const GAP = 14;
const EDGES = 76;
const ONE_PHONE = 640;

export class Phones {
  #all = [];

  /** `root` takes the strip of tabs and the row of phones. */
  constructor(root, { store, outbox, reading }) {
    Object.assign(this, { store, outbox, reading });
    this.root = root;
    this.tabs = el("nav.tabs");
    this.row = el("div.row");
    this.aside = el("div.another-aside");
    root.append(this.tabs, el("div.deck", {}, this.row, this.aside));
    new ResizeObserver(() => this.#fit()).observe(root);
    this.watch = new IntersectionObserver((entries) => this.#seen(entries), { threshold: SEEN });
    delegate(root, {
      go: ({ dataset }) => this.#reveal(this.#all[dataset.index]),
      another: () => this.#another(),
    });
    for (const kind of ["ready", "town"]) store.addEventListener(kind, () => this.#begin());
    store.addEventListener("change", ({ detail }) => this.#draw(detail.chats));
    store.addEventListener("online", () => this.#draw(null));
    store.addEventListener("offline", () => this.#draw(null));
    store.addEventListener("action", ({ detail }) =>
      this.#all.forEach((phone) => phone.typing(detail.chat)),
    );
    outbox.addEventListener("change", ({ detail }) => this.#draw(new Set([detail])));
    document.addEventListener("visibilitychange", () => this.#draw(null));
    addEventListener("lang", () => this.#redraw());
  }

  /** Which phones are open: [{user, chat, thread}]; chat is null on a list of chats. */
  shown() {
    return this.#all.map(({ user, where }) => ({
      user,
      chat: where?.chat ?? null,
      thread: where?.thread ?? null,
    }));
  }

  /** Opens exactly these, in this order; a phone of the same person is kept. */
  set(list) {
    const kept = [...this.#all];
    const wanted = list
      .filter(({ user }) => this.store.users.has(user))
      .map((place) => {
        const same = kept.findIndex(
          (phone) => phone.user === place.user && phone.showsChat(place.chat),
        );
        const any = same >= 0 ? same : kept.findIndex((phone) => phone.user === place.user);
        return [any >= 0 ? kept.splice(any, 1)[0] : this.#make(place.user), place];
      });
    kept.forEach((phone) => phone.close());
    this.#all = wanted.map(([phone]) => phone);
    for (const [index, { root }] of this.#all.entries()) {
      const there = this.row.children[index] ?? null;
      if (there !== root) this.row.insertBefore(root, there); // what is moved loses its scrolling
    }
    for (const [phone, place] of wanted) this.#go(phone, place);
    this.changed();
    this.#draw(null);
  }

  /** Opens a person's phone at {chat, thread?}, or goes there on the one that is open. */
  open({ user, chat, thread }) {
    const mine = this.#all.filter((phone) => phone.user === user);
    let phone = mine.find((one) => one.showsChat(chat)) ?? mine[0];
    if (!phone) {
      if (!this.store.users.has(user)) return null;
      phone = this.#make(user);
      this.#all.push(phone);
      this.row.append(phone.root);
    }
    this.#go(phone, { chat, thread });
    this.#reveal(phone);
    return phone;
  }

  /** Shows a message on a phone: it is opened there, scrolled to, and stands out for a moment. */
  async highlight({ user, chat, thread, message_id: messageId }) {
    const shower = this.#all.find((phone) => phone.showsChat(chat));
    const phone = user === undefined ? shower : this.open({ user, chat, thread });
    if (!phone) return;
    this.#reveal(phone);
    if (messageId !== undefined && messageId !== null) await phone.flash(messageId);
  }

  close(phone) {
    const index = this.#all.indexOf(phone);
    this.#all.splice(index, 1);
    phone.close();
    this.changed();
    this.#draw(null);
    (this.#all[Math.min(index, this.#all.length - 1)]?.head ?? this.tabs)
      .querySelector("button")
      ?.focus();
  }

  /** Which of a person's phones that is: 1, or more for somebody who has several open. */
  numberOf(phone) {
    return this.#all.filter((one) => one.user === phone.user).indexOf(phone) + 1;
  }

  /** Another phone is open, or one shows another chat. */
  changed() {
    try {
      localStorage.setItem(STORED, JSON.stringify(this.shown()));
    } catch {
      // the next visit then begins with the first phones again
    }
    this.#drawTabs();
  }

  /** The phones of the last visit, or those that the town begins with, once there are any. */
  #begin() {
    if (!this.#all.length) this.set(remembered(this.store) ?? this.first());
  }

  /** What a first visit begins with: the resident is one who writes in the page's language. */
  first() {
    const { town, users, cast } = this.store;
    const [resident, ...others] = town.phones;
    if (!resident || speaksOurs(users.get(resident.user))) return town.phones;
    const same = cast.find(
      ({ user, role }) => role === "resident" && speaksOurs(users.get(user)),
    );
    return same ? [{ user: same.user, chat: same.user }, ...others] : town.phones;
  }

  #make(user) {
    const phone = new Phone(this, user);
    this.watch.observe(phone.root);
    return phone;
  }

  #go(phone, { chat, thread }) {
    const here = phone.where;
    const same =
      here !== undefined &&
      (here?.chat ?? null) === (chat ?? null) &&
      (here?.thread ?? null) === (thread ?? null);
    if (!same) phone.show(chat === undefined || chat === null ? null : { chat, thread });
  }

  #reveal(phone) {
    phone.root.scrollIntoView({ inline: "nearest", block: "nearest" });
  }

  #seen(entries) {
    for (const { target, intersectionRatio } of entries) {
      const phone = this.#all.find((one) => one.root === target);
      if (!phone) continue;
      phone.onScreen = intersectionRatio >= SEEN;
      phone.draw(null);
    }
    this.#drawTabs();
  }

  #draw(chats) {
    for (const phone of this.#all) phone.draw(chats);
    this.#drawTabs();
  }

  #redraw() {
    for (const phone of this.#all) phone.redraw();
    this.tabs.dataset.stamp = "";
    this.#drawTabs();
  }

  /** With room for all phones there is no need of tabs to go from one to the other. */
  #fit() {
    const { clientWidth: width } = this.root;
    const needed = EDGES + this.#all.length * (NARROWEST + GAP);
    this.root.dataset.fits = String(width >= ONE_PHONE && width >= needed);
  }

  #drawTabs() {
    this.#fit();
    const tabs = this.#all.map((phone, index) => ({
      index,
      user: phone.user,
      name: phone.name,
      on: phone.onScreen,
      role: roleOf(this.store, phone.user),
      unread: unreadOf(this, phone.user) > 0,
    }));
    const stamp = JSON.stringify(tabs);
    if (this.tabs.dataset.stamp === stamp) return;
    this.tabs.dataset.stamp = stamp;
    this.tabs.setAttribute("aria-label", t("phone-tabs"));
    const focused = this.tabs.contains(document.activeElement)
      ? [...this.tabs.children].indexOf(document.activeElement)
      : -1;
    put(this.tabs, tabs.map(tabNode), anotherNode());
    put(this.aside, anotherNode());
    if (focused >= 0) this.tabs.children[Math.min(focused, this.tabs.children.length - 1)].focus();
  }

  async #another() {
    const user = await choosePerson(
      this.store,
      this.#all.map((phone) => phone.user),
    );
    if (user !== null) this.open({ user, chat: user }).focus();
  }
}

function tabNode({ index, user, name, role, unread, on }) {
  return el(
    "button.tab",
    { type: "button", "aria-current": on ? "true" : null, data: { act: "go", index } },
    avatar(user, name),
    el("span", {}, name),
    role && el("span.tab-role", {}, role),
    unread && el("span.dot", { role: "img", "aria-label": t("phone-unread") }),
  );
}

function anotherNode() {
  return el(
    "button.tab.another",
    { type: "button", data: { act: "another" } },
    icon("plus"),
    el("span", {}, t("phone-another")),
  );
}

function remembered(store) {
  try {
    const kept = JSON.parse(localStorage.getItem(STORED));
    const known = kept.filter(
      ({ user, chat }) => store.users.has(user) && (chat === null || store.chats.has(chat)),
    );
    return known.length && known.length === kept.length ? known : null;
  } catch {
    return null;
  }
}
