/** A look inside: the present case as the bot holds it. Read-only. */

import { dayOf, moment, secondOf, span, timeOf } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { peekOf } from "./peek.js";
import { t, timerName, translate } from "./words.js";

/** Draws the side panel into `root`; it is drawn only while it is open. */
export function mount(root, store) {
  return new Inside(root, store);
}

class Inside {
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.peek = peekOf(store);
    this.choice = el("select", { id: "inside-case", on: { change: () => this.peek.choose(this.choice.value) } });
    this.body = el("div", { class: "inside-body", tabindex: "0", role: "region", "data-t-label": "inside-title" });
    root.classList.add("inside");
    root.replaceChildren(
      el(
        "div",
        { class: "inside-head" },
        el("h2", { "data-t": "inside-title" }),
        el("button", { type: "button", class: "quiet icon-only", "data-t-label": "inside-close", on: { click: () => this.close() } }, icon("close")),
      ),
      (this.chooser = el(
        "div", { class: "inside-choose" }, el("label", { for: "inside-case", "data-t": "inside-which" }), this.choice,
      )),
      this.body,
    );
    root.dataset.tLabel = "inside-title";
    root.setAttribute("aria-label", t("inside-title"));
    translate(root);
    root.addEventListener("shown", (event) => {
      if (!event.detail.open) return;
      this.draw();
      if (event.detail.byHand) root.querySelector(".inside-head button").focus({ preventScroll: true });
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
    this.peek.addEventListener("change", () => this.draw());
    store.addEventListener("clock", () => this.draw());
  }

  close() {
    const opener = document.querySelector("[aria-controls=inside]");
    opener?.click();
    opener?.focus();
  }

  get zone() {
    return this.store.town?.zone ?? "Asia/Shanghai";
  }

  get now() {
    return this.store.town ? this.store.now() : new Date();
  }

  draw() {
    if (this.root.hidden) return;
    const { data, error } = this.peek;
    this.drawChoice(data?.recent ?? []);
    const kept = openParts(this.body);
    const parts = data?.case
      ? [this.state(data.case), this.clocks(data.case), this.reasons(data.tagging), this.events(data.events)]
      : [el("p", { class: "inside-empty" }, emptyText(data, error))];
    const queues = data ? [this.outbox(data.outbox ?? []), this.timers(data.timers ?? [])] : [];
    const fresh = [...parts, ...queues].filter(Boolean);
    const at = this.body.scrollTop;
    const focused = focusedKey(this.body);
    this.body.replaceChildren(...fresh);
    for (const part of this.body.querySelectorAll("details[data-part]")) {
      if (kept.has(part.dataset.part)) part.open = kept.get(part.dataset.part);
    }
    this.body.scrollTop = at;
    if (focused) this.body.querySelector(`[data-part="${focused}"] > summary`)?.focus({ preventScroll: true });
  }

  drawChoice(recent) {
    const rows = [["", t("inside-latest")]];
    for (const one of recent) rows.push([one.number, `${one.number} ${one.item} · ${one.status_label}`]);
    const drawn = JSON.stringify(rows);
    this.chooser.hidden = !recent.length;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.choice.replaceChildren(...rows.map(([value, label]) => el("option", { value }, label)));
    this.choice.value = rows.some(([value]) => value === this.peek.chosen) ? this.peek.chosen : "";
  }

  // The sections

  state(one) {
    const chips = [
      el("span", { class: "chip", data: { status: one.status } }, one.status_label),
      one.emergency && el("span", { class: "chip chip-bad" }, t("inside-emergency")),
      one.confidential && el("span", { class: "chip chip-bad" }, t("inside-confidential")),
      one.anonymous && el("span", { class: "chip chip-quiet" }, t("inside-anonymous")),
      one.tier && el("span", { class: "chip chip-quiet" }, one.tier),
    ];
    return el(
      "section",
      { class: "inside-case" },
      el("p", { class: "inside-number" }, one.number),
      el("h3", {}, one.item.name),
      one.place && el("p", { class: "inside-place" }, one.place),
      el("p", { class: "inside-chips" }, chips),
      el(
        "dl",
        { class: "inside-facts" },
        el("dt", {}, t("inside-opened")),
        el("dd", {}, this.when(one.opened)),
        one.hub && [el("dt", {}, t("inside-hub")), el("dd", {}, one.hub)],
      ),
    );
  }

  clocks(one) {
    const parts = one.parts ?? [];
    return section(
      "clocks",
      t("inside-clocks"),
      one.promise?.due &&
        this.clock({ kind: "promise", due: one.promise.due, why: one.promise.why, met: null, open: one.open }, "promise"),
      parts.map((part, index) =>
        el(
          "div",
          { class: "inside-part" },
          el(
            "p",
            { class: "inside-unit" },
            el("b", {}, part.unit),
            el("span", { class: "chip chip-quiet" }, t(`inside-role-${part.role}`)),
            el("span", { class: "chip", data: { status: part.status } }, part.status_label ?? part.status),
            part.owner && el("span", { class: "inside-owner" }, t("inside-owner", { name: part.owner })),
          ),
          part.clocks.map((clock) => this.clock({ ...clock, open: one.open && part.role !== "former" }, `${index}-${clock.kind}`)),
        ),
      ),
    );
  }

  clock(one, key) {
    const due = new Date(one.due);
    const [text, tone] = this.left(one, due);
    const why = one.why?.length
      ? el(
          "details",
          { class: "why", data: { part: `why-${key}` } },
          el("summary", {}, t("inside-why")),
          el("ol", {}, one.why.map((line) => el("li", {}, line))),
        )
      : null;
    return el(
      "div",
      { class: "inside-clock", data: { tone } },
      el("span", { class: "inside-clock-kind" }, t(`inside-clock-${one.kind}`)),
      el("time", { datetime: one.due }, moment(due, this.now, this.zone)),
      el("span", { class: "inside-left" }, text),
      why,
    );
  }

  /** What is left of a clock, and its tone: "ok", "late", "soon" or "done". */
  left(one, due) {
    if (one.met) {
      const at = moment(one.met, this.now, this.zone);
      return one.late ? [t("inside-met-late", { at }), "late"] : [t("inside-met", { at }), "done"];
    }
    if (!one.open) return [t("inside-over"), "done"];
    const rest = due - this.now;
    if (rest < 0) return [t("inside-overdue", { span: span(rest) }), "late"];
    return [t("inside-remaining", { span: span(rest) }), rest < 3600_000 ? "soon" : "ok"];
  }

  reasons(found) {
    if (!found) return section("tagging", t("inside-tagging"), el("p", { class: "inside-none" }, t("inside-no-tagging")));
    return section(
      "tagging",
      t("inside-tagging"),
      found.text && el("blockquote", { lang: "zh" }, found.text),
      el(
        "p",
        { class: "inside-chips" },
        el("span", { class: "chip chip-quiet" }, t(`inside-kind-${found.kind}`)),
        found.emergency && el("span", { class: "chip chip-bad" }, t("inside-emergency")),
        el("span", { class: "chip chip-quiet" }, t(found.auto ? "inside-sure" : "inside-unsure")),
      ),
      found.items.length
        ? el("ol", { class: "guesses" }, found.items.map((item) => guess(item)))
        : el("p", { class: "inside-none" }, t("inside-no-guess")),
    );
  }

  events(rows) {
    return section(
      "events",
      t("inside-events", { count: rows.length }),
      el("p", { class: "inside-note" }, t("inside-events-note")),
      table(
        t("inside-events", { count: rows.length }),
        ["inside-at", "inside-what", "inside-who", "inside-hash"],
        rows.map((row) => [
          el("time", { datetime: row.at, title: `${dayOf(row.at, this.zone)} ${secondOf(row.at, this.zone)}` }, this.when(row.at)),
          happened(row),
          actor(row.actor),
          el("code", {}, String(row.hash ?? "").slice(0, 8)),
        ]),
      ),
    );
  }

  outbox(rows) {
    return section(
      "outbox",
      t("inside-outbox", { count: rows.filter((row) => row.state === "waiting").length }),
      rows.length
        ? table(
            t("inside-outbox-title"),
            ["inside-state", "inside-call", "inside-to", "inside-at", "inside-tries"],
            rows.map((row) => [
              el("span", { class: "chip", data: { outbox: row.state } }, t(`inside-outbox-${row.state}`)),
              el("span", {}, el("code", {}, row.method), row.error && el("small", { class: "inside-error" }, row.error)),
              row.to === null || row.to === undefined ? "–" : this.nameOf(row.to),
              timeOf(row.at, this.zone),
              row.tries,
            ]),
          )
        : el("p", { class: "inside-none" }, t("inside-outbox-none")),
    );
  }

  timers(rows) {
    return section(
      "timers",
      t("inside-timers", { count: rows.length }),
      rows.length
        ? table(
            t("inside-timers", { count: rows.length }),
            ["inside-due", "inside-what"],
            rows.map((row) => [
              el("time", { datetime: row.due }, this.when(row.due)),
              timerName(row.kind) || el("code", {}, row.kind),
            ]),
          )
        : el("p", { class: "inside-none" }, t("inside-timers-none")),
    );
  }

  when(at) {
    return moment(at, this.now, this.zone);
  }

  /** Whose chat it is, as the phones know it. */
  nameOf(chat) {
    const id = Number(chat);
    const found = this.store.chats?.get(id);
    const user = this.store.users?.get(id);
    if (user) return [user.last_name, user.first_name].filter(Boolean).join("");
    return found?.title ?? String(chat);
  }
}

function emptyText(data, error) {
  if (error) return `${t("inside-no-door")} ${error}`;
  return data ? t("inside-no-case") : t("inside-loading");
}

function section(part, title, ...children) {
  return el(
    "details",
    { class: "inside-section", open: part !== "timers" && part !== "outbox", data: { part } },
    el("summary", {}, el("h3", {}, title)),
    children,
  );
}

function table(caption, heads, rows) {
  return el(
    "div",
    { class: "inside-scroll" },
    el(
      "table",
      {},
      el("caption", { class: "hidden-words" }, caption),
      el("thead", {}, el("tr", {}, heads.map((key) => el("th", { scope: "col" }, t(key))))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell))))),
    ),
  );
}

function guess(item) {
  const percent = Math.round(item.p * 100);
  return el(
    "li",
    {},
    el("span", { class: "guess-name" }, item.name, " ", el("code", {}, item.code)),
    el("meter", { min: "0", max: "100", value: String(percent), "aria-label": t("inside-probability", { name: item.name }) }, `${percent}%`),
    el("span", { class: "guess-percent" }, `${percent}%`),
    spoken("inside-for", item.for, "plus"),
    spoken("inside-against", item.against, "minus"),
  );
}

function spoken(key, words, sign) {
  if (!words?.length) return null;
  return el(
    "p",
    { class: `guess-words guess-${sign}` },
    el("span", {}, t(key)),
    words.map((word) => el("span", { class: "word", lang: "zh" }, word)),
  );
}

/** What happened; what has no words in the bot, because it tells nobody, has them here. */
function happened(row) {
  const own = `inside-event-${row.kind}`;
  return row.label === row.kind && t(own) !== own ? t(own) : row.label;
}

function actor(who) {
  return ["system", "reporter"].includes(who) ? t(`inside-${who}`) : who;
}

function openParts(body) {
  return new Map([...body.querySelectorAll("details[data-part]")].map((one) => [one.dataset.part, one.open]));
}

function focusedKey(body) {
  const active = document.activeElement;
  return body.contains(active) ? active.closest("[data-part]")?.dataset.part : null;
}
