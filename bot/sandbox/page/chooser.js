/** Choosing whose phone to open: everybody of the cast, everybody else, or somebody new. */

import { DoorError, post } from "./door.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { LANGUAGES, languageOf } from "./languages.js";
import { avatar, nameOf, partOf } from "./names.js";
import { lang, said, t } from "./words.js";

/** The chosen person's id, or null. `open` are those whose phones are open. */
export function choosePerson(store, open) {
  return new Promise((resolve) => {
    let chosen = null;
    const dialog = el("dialog.chooser", {
      "aria-labelledby": "chooser-title",
      on: {
        close: () => {
          dialog.remove();
          resolve(chosen);
        },
        click: (event) => event.target === dialog && dialog.close(),
      },
    });
    const choose = (user) => {
      chosen = user;
      dialog.close();
    };
    dialog.append(
      el(
        "header.sheet-head",
        {},
        el("h2", { id: "chooser-title" }, t("phone-another")),
        el(
          "button.round",
          {
            type: "button",
            "aria-label": t("phone-close-sheet"),
            on: { click: () => dialog.close() },
          },
          icon("close"),
        ),
      ),
      el(
        "ul.people",
        {},
        peopleOf(store).map((user) => personNode(store, user, open.includes(user.id), choose)),
      ),
      newPerson(store, choose),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** The cast in its order, then everybody else by name. */
function peopleOf(store) {
  const cast = store.cast.map(({ user }) => store.users.get(user)).filter(Boolean);
  const others = [...store.users.values()].filter((user) => !partOf(store, user.id));
  return [...cast, ...others.sort((a, b) => nameOf(a).localeCompare(nameOf(b), "zh"))];
}

function personNode(store, user, isOpen, choose) {
  const part = partOf(store, user.id);
  const does = said(part?.says) || t("phone-role-resident");
  const language = languageOf(user);
  const other = language !== LANGUAGES[0] && language[1];
  return el(
    "li",
    {},
    el(
      "button.person",
      { type: "button", on: { click: () => choose(user.id) } },
      avatar(user.id, nameOf(user)),
      el("span.person-name", {}, nameOf(user), isOpen && el("small", {}, t("phone-open"))),
      el("span.person-says", {}, [said(part?.unit_name), does, other].filter(Boolean).join(" · ")),
    ),
  );
}

function newPerson(store, choose) {
  const name = el("input", {
    id: "person-name",
    required: true,
    maxlength: 64,
    autocomplete: "off",
  });
  const language = el(
    "select",
    { id: "person-language" },
    LANGUAGES.map(([value, words]) =>
      el("option", { value, selected: value === lang() || null }, words),
    ),
  );
  const error = el("p.error", { role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    if (!name.value.trim()) return;
    try {
      const user = await post("/control/users", {
        first_name: name.value.trim(),
        language_code: language.value,
      });
      await store.refresh();
      choose(user.id);
    } catch (problem) {
      if (!(problem instanceof DoorError)) throw problem;
      error.textContent = problem.offline ? t("phone-offline") : problem.message;
    }
  };
  return el(
    "form.new-person",
    { on: { submit } },
    el("h3", {}, t("phone-new")),
    el("label", { for: name.id }, t("phone-new-name")),
    name,
    el("label", { for: language.id }, t("phone-new-language")),
    language,
    el("button.primary", { type: "submit" }, t("phone-new-open")),
    error,
  );
}
