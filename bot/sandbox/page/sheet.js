/**
 * A layer over one phone: what is below cannot be reached while it is open, Escape closes it,
 * and the focus goes back to where it was.
 */

import { el, reachable } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/**
 * Opens over `host`, an element with a position of its own. `modal` is "dialog" or
 * "alertdialog"; `content` the nodes; the answer is the sheet, with `close(result)` and `done`,
 * a promise of the result (null when it was closed without one).
 */
export function openSheet(host, { modal = "dialog", label, content, look = "" }) {
  const before = document.activeElement;
  const below = [...host.children].filter((node) => !node.inert);
  let finish;
  const done = new Promise((resolve) => (finish = resolve));
  const root = el(
    "div.sheet",
    { role: modal, "aria-modal": "true", "aria-label": label, tabindex: -1, data: { look } },
    content,
  );
  const shade = el("div.shade", {}, root);
  const close = (result = null) => {
    if (!shade.isConnected) return;
    shade.remove();
    for (const node of below) node.inert = false;
    if (before?.isConnected) before.focus({ preventScroll: true });
    finish(result);
  };
  shade.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  if (modal === "dialog") {
    shade.addEventListener("click", (event) => event.target === shade && close());
  }
  for (const node of below) node.inert = true;
  host.append(shade);
  (root.querySelector("[autofocus]") ?? reachable(root)[0] ?? root).focus({ preventScroll: true });
  return { root, close, done };
}

/** A sheet's head: its title and a button that closes it. */
export function sheetHead(title, close) {
  return el(
    "header.sheet-head",
    {},
    el("h4", {}, title),
    el(
      "button.round",
      {
        type: "button",
        "aria-label": t("phone-close-sheet"),
        on: { click: () => close() },
      },
      icon("close"),
    ),
  );
}

/** Says something that has to be read: a modal with one button. */
export function openAlert(host, text) {
  const sheet = openSheet(host, {
    modal: "alertdialog",
    label: text,
    look: "alert",
    content: [
      el("p", {}, text),
      el(
        "button.primary",
        { type: "button", autofocus: true, on: { click: () => sheet.close() } },
        t("phone-ok"),
      ),
    ],
  });
  return sheet.done;
}

/** Asks; the answer is true only for the first button. */
export async function openQuestion(host, text, yes) {
  const sheet = openSheet(host, {
    modal: "alertdialog",
    label: text,
    look: "alert",
    content: [
      el("p", {}, text),
      el(
        "div.sheet-buttons",
        {},
        el("button", { type: "button", on: { click: () => sheet.close() } }, t("phone-cancel")),
        el(
          "button.primary",
          { type: "button", autofocus: true, on: { click: () => sheet.close(true) } },
          yes,
        ),
      ),
    ],
  });
  return (await sheet.done) === true;
}

/** A list to choose from: entries are {id, icon, text, danger?}; the answer is the id or null. */
export function openMenu(host, label, entries) {
  const sheet = openSheet(host, {
    label,
    look: "menu",
    content: entries.map(({ id, icon: drawing, text, danger }) =>
      el(
        "button.menu-entry",
        { type: "button", data: { danger: danger || null }, on: { click: () => sheet.close(id) } },
        icon(drawing),
        el("span", {}, text),
      ),
    ),
  });
  const buttons = reachable(sheet.root);
  sheet.root.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length].focus();
  });
  return sheet.done;
}
