/** What the bot has set for its profile: its commands and its description, as a person sees them. */

const ADMINS = new Set(["creator", "administrator"]);

/**
 * The list ({command, description}) for somebody in a chat, from all lists by scope: the
 * narrowest scope that has one decides, in the person's language before no language at all.
 * See "Determining list of commands" at BotCommandScope in the Bot API.
 */
export function commandsFor(lists, chat, user) {
  for (const scope of scopesOf(chat, user.id)) {
    for (const code of codesOf(user)) {
      const found = lists?.[`commands ${scope}:${code}`];
      if (found) return found;
    }
  }
  return [];
}

/** What the bot says of itself in a chat that has not been begun; empty when it says nothing. */
export function descriptionFor(lists, user) {
  return (
    codesOf(user)
      .map((code) => lists?.[`description ${code}`])
      .find(Boolean) ?? ""
  );
}

/** The languages in which something is looked for, one after the other. */
function codesOf(user) {
  return [(user.language_code ?? "").split("-")[0].toLowerCase(), ""];
}

function scopesOf(chat, userId) {
  if (chat.type === "private") return [`chat:${chat.id}:`, "all_private_chats::", "default::"];
  const member = chat.members.find((one) => one.user === userId);
  const admin = ADMINS.has(member?.status);
  return [
    `chat_member:${chat.id}:${userId}`,
    ...(admin ? [`chat_administrators:${chat.id}:`] : []),
    `chat:${chat.id}:`,
    ...(admin ? ["all_chat_administrators::"] : []),
    "all_group_chats::",
    "default::",
  ];
}
