/** Links inside the town: the bot's own addresses, which a phone opens itself. */

const PLAIN = /^(?:https?:\/\/)?(?:t\.me|telegram\.me)\/([A-Za-z0-9_]+)\/?(?:\?(.*))?$/i;
const INNER = /^tg:\/\/resolve\?(.*)$/i;
const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

/** The payload with which a link presses Start ("" without one); null for any other link. */
export function payloadOf(url, botName) {
  const plain = PLAIN.exec(url);
  const inner = plain ? null : INNER.exec(url);
  const query = new URLSearchParams((plain ? plain[2] : inner?.[1]) ?? "");
  const name = plain ? plain[1] : query.get("domain");
  if (name?.toLowerCase() !== botName.toLowerCase()) return null;
  return query.get("start") ?? "";
}

/** The address as a link may carry it, or null when it is of a kind that no link should have. */
export function safeUrl(text) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
