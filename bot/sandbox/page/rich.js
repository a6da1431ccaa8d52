/**
 * Telegram's formatted text as nodes: `entities` name ranges in UTF-16 units, which is how
 * strings are counted here too. Whatever can be pressed carries `data-act`.
 */

import { el } from "./dom.js";
import { safeUrl } from "./links.js";
import { t } from "./words.js";

const LOOKS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };

const MAKERS = {
  code: (text, inner) =>
    el(
      "code",
      {
        data: { act: "copy", text },
        tabindex: 0,
        role: "button",
        "aria-label": t("message-copy-code", { text }),
      },
      inner,
    ),
  pre: (text, inner, { language }) => el("pre", { data: { language } }, el("code", {}, inner)),
  blockquote: (text, inner) => el("blockquote", {}, inner),
  expandable_blockquote: (text, inner) =>
    el(
      "details.quote-long",
      { open: text.length < 120 },
      el("summary", {}, t("message-quote-more")),
      el("blockquote", {}, inner),
    ),
  spoiler: (text, inner) =>
    el(
      "span.spoiler",
      { role: "button", tabindex: 0, "aria-label": t("message-spoiler"), data: { act: "reveal" } },
      el("span", { "aria-hidden": "true" }, inner),
    ),
  url: (text, inner) => link(text, inner),
  text_link: (text, inner, { url }) => link(url, inner),
  email: (text, inner) => link(`mailto:${text}`, inner),
  phone_number: (text, inner) => pressed("copy", text, inner),
  bot_command: (text, inner) => pressed("command", text, inner),
  mention: (text, inner) => el("span.mention", {}, inner),
  text_mention: (text, inner) => el("span.mention", {}, inner),
  hashtag: (text, inner) => el("span.mention", {}, inner),
  cashtag: (text, inner) => el("span.mention", {}, inner),
};

/** The nodes of a text. */
export function rich(text, entities = []) {
  const order = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, order);
}

function build(text, from, to, entities) {
  const nodes = [];
  const queue = [...entities];
  let at = from;
  while (queue.length) {
    const entity = queue.shift();
    const begin = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= begin) continue;
    const inner = takeInside(queue, end);
    if (begin > at) nodes.push(text.slice(at, begin));
    nodes.push(wrap(entity, text.slice(begin, end), build(text, begin, end, inner)));
    at = end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

/** The entities that begin before `end`; one that reaches further stays in line with its rest. */
function takeInside(queue, end) {
  const inner = [];
  const rests = [];
  while (queue.length && queue[0].offset < end) {
    const entity = queue.shift();
    inner.push(entity);
    const over = entity.offset + entity.length - end;
    if (over > 0) rests.push({ ...entity, offset: end, length: over });
  }
  queue.unshift(...rests);
  return inner;
}

function wrap(entity, text, inner) {
  if (LOOKS[entity.type]) return el(LOOKS[entity.type], {}, inner);
  return MAKERS[entity.type]?.(text, inner, entity) ?? el("span", {}, inner);
}

function pressed(act, text, inner) {
  return el("button.in-text", { type: "button", data: { act, text } }, inner);
}

function link(url, inner) {
  const href = safeUrl(url);
  if (!href) return el("span", {}, inner);
  return el("a", { href, rel: "noopener noreferrer", data: { act: "link", url } }, inner);
}
