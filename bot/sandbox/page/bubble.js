/** One message as a bubble, an album as one bubble, a service message as a line. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { inlineKeys } from "./keys.js";
import { sizeOf, sourceOf } from "./media.js";
import { hueOf, nameOf, senderOf } from "./names.js";
import { mapNode } from "./plan.js";
import { rich } from "./rich.js";
import { serviceText } from "./service.js";
import { voiceNode } from "./voice.js";
import { t } from "./words.js";
import { clockOf } from "./when.js";

const START = /^\/start \S+$/; // apps show what Start sent without its payload
const TICKS = { waiting: "clock", failed: "alert", sent: "check", seen: "checks" };

/** What becomes of one's own message: waiting, failed, sent, seen; null for those of others. */
export function tickOf(store, user, message) {
  if (message.entry) return message.entry.state === "failed" ? "failed" : "waiting";
  if (message.from?.id !== user) return null;
  return store.isConfirmed(message) ? "seen" : "sent";
}

/** The line of a service message. */
export function serviceNode(message) {
  return el("p.service", {}, serviceText(message));
}

/**
 * The bubble of a message, or of an album's messages, as `view.user` sees it. `view` is the
 * chat's screen: store, user, chat, plan, isBusy, canWrite.
 */
export function bubbleNode(messages, view) {
  const message = messages[0];
  const own = message.from?.id === view.user;
  const sender = senderOf(message);
  const failed = message.entry?.state === "failed";
  const name = own ? t("message-you") : (sender?.name ?? "");
  return el(
    `article.message.${own ? "out" : "in"}`,
    {
      tabindex: -1,
      "aria-label": `${name} ${clockOf(view.store, message.date)}`,
      data: { id: message.message_id },
    },
    el(
      "div.bubble",
      { data: { bare: isBare(messages) || null } },
      !own &&
        view.chat.type !== "private" &&
        sender &&
        el("p.sender", { data: { hue: hueOf(sender.id) } }, sender.name),
      message.forward_origin && forwardNode(message.forward_origin),
      quoteNode(message, view),
      mediaNode(messages, view),
      textNode(messages, own),
      metaNode(messages.at(-1), view),
    ),
    failed && failureNode(message.entry),
    inlineKeys(message, (data) => view.isBusy(message, data)),
  );
}

/** What a message says in one line, for lists and quotes. */
export function summaryOf(message) {
  const kind = Object.keys(KINDS).find((key) => message[key]);
  const words = message.caption ?? message.text ?? "";
  const mark = kind ? t(`message-${kind}`) : "";
  return [mark && `[${mark}]`, words.replace(/\s+/g, " ")].filter(Boolean).join(" ");
}

const KINDS = {
  photo: (messages) => photosNode(messages),
  video: ([{ video }]) =>
    el("video", {
      src: sourceOf(video),
      controls: true,
      preload: "metadata",
      "aria-label": t("message-video"),
    }),
  voice: ([{ voice }]) => voiceNode(voice),
  document: ([{ document }]) => documentNode(document),
  sticker: ([{ sticker }]) =>
    el("img.sticker", { src: sourceOf(sticker), alt: t("message-sticker") }),
  location: ([{ location }], view) => locationNode(location, view.plan),
  contact: ([{ contact }]) =>
    el(
      "div.file",
      {},
      icon("contact"),
      el("div", {}, el("b", {}, nameOf(contact)), el("span", {}, contact.phone_number)),
    ),
};

function isBare(messages) {
  const message = messages[0];
  const media = message.photo || message.sticker || message.video;
  return Boolean(media) && !messages.some((m) => m.caption) && !message.reply_to_message;
}

function mediaNode(messages, view) {
  const kind = Object.keys(KINDS).find((key) => messages[0][key]);
  return kind && KINDS[kind](messages, view);
}

function photosNode(messages) {
  return el(
    "div.photos",
    { data: { count: Math.min(messages.length, 4) } },
    messages.map((message) => {
      const file = message.photo?.at(-1) ?? message.video;
      const ratio = messages.length === 1 && file.width ? `${file.width} / ${file.height}` : null;
      const shown = message.photo
        ? el("img", { src: sourceOf(file), alt: t("message-photo"), loading: "lazy" })
        : el("video", {
            src: sourceOf(file),
            preload: "metadata",
            "aria-label": t("message-video"),
          });
      return el(
        "button.photo",
        {
          type: "button",
          "aria-label": t("message-photo-open"),
          style: ratio && `aspect-ratio: ${ratio}`,
          data: { act: "view", source: sourceOf(file) },
        },
        shown,
      );
    }),
  );
}

function documentNode(document) {
  return el(
    "a.file",
    { href: sourceOf(document), download: document.file_name ?? "" },
    icon("file"),
    el(
      "div",
      {},
      el("b", {}, document.file_name),
      el("span", {}, sizeOf(document.file_size ?? 0)),
    ),
  );
}

function locationNode(location, plan) {
  const words = `${location.latitude.toFixed(5)}, ${location.longitude.toFixed(5)}`;
  const grid = plan?.gridAt(plan.point(location.longitude, location.latitude));
  return el(
    "div.location",
    { role: "img", "aria-label": `${t("message-location")} ${grid ?? words}` },
    plan && mapNode(plan, location),
    el("span", {}, icon("pin"), grid ?? words),
  );
}

function forwardNode(origin) {
  const from = origin.sender_user
    ? nameOf(origin.sender_user)
    : (origin.sender_user_name ?? origin.sender_chat?.title ?? origin.chat?.title ?? "");
  return el("p.forwarded", {}, t("message-forwarded", { name: from }));
}

function quoteNode({ reply_to_message: replied }, view) {
  if (!replied || replied.forum_topic_created) return null;
  const now = view.store.message(view.chat.id, replied.message_id);
  const who = senderOf(now ?? replied);
  return el(
    "button.quote",
    { type: "button", data: { act: "jump", to: replied.message_id, hue: hueOf(who?.id ?? 0) } },
    el("b", {}, who?.name ?? ""),
    el(
      "span",
      {},
      now || !view.store.isLoaded(view.chat.id) ? summaryOf(now ?? replied) : t("message-deleted"),
    ),
  );
}

function textNode(messages, own) {
  const message = messages.find((m) => m.text || m.caption);
  if (!message) return null;
  const text = message.text ?? message.caption;
  if (own && START.test(text)) return el("div.text", {}, "/start");
  return el("div.text", {}, rich(text, message.entities ?? message.caption_entities));
}

/** The end of a bubble: marks, time, and what became of it. */
export function metaNode(message, view) {
  const tick = tickOf(view.store, view.user, message);
  return el(
    "span.meta",
    {},
    !message.entry &&
      view.canWrite &&
      el(
        "button.reply",
        {
          type: "button",
          "aria-label": t("message-reply"),
          title: t("message-reply"),
          data: { act: "reply" },
        },
        icon("reply"),
      ),
    message.has_protected_content && icon("lock", t("message-protected")),
    message.silent && icon("muted", t("message-silent")),
    message.edit_date && el("span", {}, t("message-edited")),
    el(
      "time",
      { datetime: new Date(message.date * 1000).toISOString() },
      clockOf(view.store, message.date),
    ),
    tick && el("span.tick", { data: { tick } }, icon(TICKS[tick], t(`message-${tick}`))),
  );
}

function failureNode({ id, error }) {
  return el(
    "div.failure",
    { role: "alert" },
    el("p", {}, t("message-refused", { reason: error })),
    el(
      "div",
      {},
      el("button.link", { type: "button", data: { act: "retry", id } }, t("message-retry")),
      el("button.link", { type: "button", data: { act: "drop", id } }, t("message-drop")),
    ),
  );
}
