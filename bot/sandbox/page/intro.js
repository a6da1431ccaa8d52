/** The first words: who gets what from Huying, and what to try first. Goes away for good. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t, translate } from "./words.js";

const STORED = "huying-intro";
const WHO = ["resident", "worker", "supervisor"];

/**
 * The introduction, or null when it was sent away before. `actions`: {play, try, gone}, called
 * when the visitor takes the first or second thing to try, and when the words have gone.
 */
export function intro(actions) {
  if (seen()) return null;
  const box = el("div", { class: "intro", role: "region", "data-t-label": "intro-title" });
  const leave = () => {
    remember();
    box.remove();
    actions.gone();
  };
  box.append(
    el(
      "ul",
      {},
      WHO.map((who) =>
        el(
          "li",
          {},
          el("span", { class: `intro-mark intro-${who}` }, icon(who)),
          el("p", {}, el("b", { "data-t": `intro-${who}-who` }), " ", el("span", { "data-t": `intro-${who}` })),
        ),
      ),
    ),
    el(
      "div",
      { class: "intro-try" },
      el("span", { "data-t": "intro-first" }),
      el("button", { type: "button", class: "primary", "data-t": "intro-play", on: { click: actions.play } }),
      el("button", { type: "button", "data-t": "intro-say", on: { click: actions.try } }),
    ),
    el("button", { type: "button", class: "quiet icon-only intro-close", "aria-label": t("intro-close"), "data-t-label": "intro-close", on: { click: leave } }, icon("close")),
  );
  translate(box);
  return box;
}

function seen() {
  try {
    return localStorage.getItem(STORED) === "seen";
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(STORED, "seen");
  } catch {
    // it then comes back with the next visit
  }
}
