/** The top bar: what this is, the town's clock, the bot, the look inside, language and looks. */

import { BotSwitch } from "./botswitch.js";
import { el, svg } from "./dom.js";
import { icon } from "./icons.js";
import { lookSwitches } from "./look.js";
import { Notices } from "./notices.js";
import { peekOf } from "./peek.js";
import { TownClock } from "./townclock.js";
import { t, translate } from "./words.js";

const INSIDE = "huying-inside";
const WIDE = "(min-width: 1100px)"; // from here on the side panel covers nothing

/** Draws the bar into `root`. */
export function mount(root, store) {
  const notices = new Notices();
  const peek = peekOf(store);
  const clock = new TownClock(store, peek, notices);
  const bot = new BotSwitch(store, notices);
  const tools = el("div", { class: "bar-tools" }, bot.root, insideButton(store), lookSwitches());
  root.classList.add("bar");
  root.replaceChildren(brand(), clock.root, tools, notices.root);
  translate(root);
  watch(store, peek, notices);
}

/** Says when the page has lost the demo, and when the demo is not ready yet. */
function watch(store, peek, notices) {
  const lost = { text: () => t("bar-offline"), kind: "bad" };
  const early = { text: () => t("refusal-setting-up"), kind: "busy" };
  store.addEventListener("offline", () => notices.set("offline", lost));
  store.addEventListener("online", () => notices.online());
  peek.addEventListener("change", () => notices.set("setting-up", peek.code === "setting-up" && early));
}

function brand() {
  const latin = el("span", { class: "bar-latin" }, "Huying");
  return el(
    "div",
    { class: "bar-brand" },
    logo(),
    el(
      "div",
      {},
      el("h1", {}, el("span", { lang: "zh-Hans" }, "呼应"), " ", latin),
      el("p", { class: "bar-what", "data-t": "bar-what" }),
    ),
  );
}

/** The button that opens the look inside; a wide page remembers whether it was open. */
function insideButton(store) {
  const show = (open, byHand) => {
    const panel = document.getElementById("inside");
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (byHand) keep(open ? "open" : "closed");
    panel.dispatchEvent(new CustomEvent("shown", { detail: { open, byHand } }));
  };
  const on = { click: () => show(document.getElementById("inside").hidden, true) };
  const button = el(
    "button",
    { type: "button", class: "quiet bar-inside", "aria-controls": "inside", "aria-expanded": "false", on },
    icon("inside"),
    el("span", { "data-t": "bar-inside" }),
  );
  const asKept = () => window.matchMedia(WIDE).matches && kept() === "open" && show(true, false);
  store.addEventListener("ready", asKept, { once: true });
  return button;
}

function kept() {
  try {
    return localStorage.getItem(INSIDE);
  } catch {
    return null;
  }
}

function keep(state) {
  try {
    localStorage.setItem(INSIDE, state);
  } catch {
    // it then holds until the page is left
  }
}

const CALL = "M8 4h16a5 5 0 0 1 5 5v7a5 5 0 0 1-5 5H13.5L7 26v-5.2A5 5 0 0 1 3 16V9a5 5 0 0 1 5-5z";
const ANSWER =
  "M33 15.4a5 5 0 0 1 4 4.9V26a5 5 0 0 1-4 4.9V36l-6.5-5H17a5 5 0 0 1-4.6-3.1L16.5 25H25a8 8 0 0 0 8-8z";

/** Two bubbles: one calls, one answers. */
function logo() {
  return svg(
    "svg",
    { class: "bar-logo", viewBox: "0 0 40 40", "aria-hidden": "true" },
    svg("path", { class: "bar-logo-call", d: CALL }),
    svg("path", { class: "bar-logo-answer", d: ANSWER }),
  );
}
