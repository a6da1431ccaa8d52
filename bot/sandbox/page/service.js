/** Messages that only tell what happened to a chat. */

import { nameOf, senderOf } from "./names.js";
import { langTag, t } from "./words.js";

const SAID = {
  forum_topic_closed: () => t("service-topic-closed"),
  forum_topic_created: (m) => t("service-topic", { name: m.forum_topic_created.name }),
  forum_topic_edited: (m) => t("service-topic-renamed", { name: m.forum_topic_edited.name ?? "" }),
  forum_topic_reopened: () => t("service-topic-reopened"),
  group_chat_created: () => t("service-created"),
  left_chat_member: (m) => t("service-left", { name: nameOf(m.left_chat_member) }),
  migrate_from_chat_id: () => t("service-migrated-from"),
  migrate_to_chat_id: () => t("service-migrated-to"),
  new_chat_members: (m) => t("service-joined", { names: listed(m.new_chat_members.map(nameOf)) }),
  new_chat_title: (m) => t("service-title", { title: m.new_chat_title }),
  pinned_message: (m) => t("service-pinned", { name: senderOf(m)?.name ?? "" }),
};

/** Whether a message is of that kind. */
export function isService(message) {
  return kindOf(message) !== undefined;
}

/** What it tells, as a sentence. */
export function serviceText(message) {
  return SAID[kindOf(message)](message);
}

function listed(names) {
  return new Intl.ListFormat(langTag()).format(names);
}

function kindOf(message) {
  return Object.keys(SAID).find((key) => key in message);
}
