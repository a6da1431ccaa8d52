/** The list of commands over the text field, chosen from by pointer or by arrow keys. */

import { commandsFor } from "./commands.js";
import { el } from "./dom.js";
import { t } from "./words.js";

let serial = 0;

export class Suggestions {
  #chosen = -1; // index in the list, -1 for none

  /** `field` is the text field that the list belongs to; `choose(command)` is called. */
  constructor(field, choose) {
    serial += 1;
    this.field = field;
    this.choose = choose;
    const id = `commands-${serial}`;
    this.root = el("div.commands", {
      id,
      role: "listbox",
      "aria-label": t("composer-commands"),
      hidden: true,
    });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", id);
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /**
   * Shows the commands that somebody has in a chat and that begin with `start`, the first of
   * them chosen unless `start` is empty; false when there are none.
   */
  open({ store, chat, user }, start) {
    const all = commandsFor(store.commands, chat, store.users.get(user));
    const found = all.filter(({ command }) => command.startsWith(start));
    this.root.replaceChildren(...found.map((command, index) => this.#option(command, index)));
    this.root.hidden = !found.length;
    this.#mark(start && found.length ? 0 : -1);
    return found.length > 0;
  }

  close() {
    this.root.hidden = true;
    this.root.replaceChildren();
    this.#mark(-1);
  }

  /** Takes a key that is meant for the list; true when it was. */
  key({ key }) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step)
      this.#mark(Math.min(Math.max(this.#chosen + step, 0), this.root.children.length - 1));
    else if (["Enter", "Tab"].includes(key) && this.#chosen >= 0)
      this.root.children[this.#chosen].click();
    else if (key === "Escape") this.close();
    else return false;
    return true;
  }

  #option({ command, description }, index) {
    return el(
      "div.command",
      {
        role: "option",
        id: `${this.root.id}-${index}`,
        "aria-selected": "false",
        on: { click: () => this.choose(command) },
      },
      el("b", {}, `/${command}`),
      el("span", {}, description),
    );
  }

  #mark(index) {
    this.#chosen = index;
    const all = [...this.root.children];
    all.forEach((node, i) => node.setAttribute("aria-selected", String(i === index)));
    all[index]?.scrollIntoView({ block: "nearest" });
    if (all[index]) this.field.setAttribute("aria-activedescendant", all[index].id);
    else this.field.removeAttribute("aria-activedescendant");
  }
}
