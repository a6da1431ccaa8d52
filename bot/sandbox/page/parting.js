/** Long texts, parted into several messages as Telegram's apps part them. */

/** UTF-16 units of one message (Bot API, sendMessage). */
export const MOST_TEXT = 4096;

const BREAKS = ["\n\n", "\n", "。", "！", "？", ". ", "，", " "]; // the first of these that will do

/** A text in pieces of at most 4096 units, parted where it reads best. */
export function parts(text) {
  const pieces = [];
  let rest = text;
  while (rest.length > MOST_TEXT) {
    const end = endOfPiece(rest.slice(0, MOST_TEXT));
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return [...pieces, rest].filter(Boolean);
}

function endOfPiece(head) {
  for (const mark of BREAKS) {
    const at = head.lastIndexOf(mark);
    if (at > head.length / 2) return at + mark.length;
  }
  return /[\uD800-\uDBFF]$/.test(head) ? head.length - 1 : head.length; // no half of a pair
}
