/**
 * Instants and spans as people say them, in the page's language and the town's time zone.
 *
 * Every function takes a Date (or an ISO string); `zone` is an IANA name such as Asia/Shanghai.
 */

import { lang, langTag, t } from "./words.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function format(at, zone, options) {
  const locale = lang() === "en" ? "en-GB" : langTag();
  return new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: "h23", ...options })
    .format(new Date(at));
}

/** "09:30". */
export function timeOf(at, zone) {
  return format(at, zone, { hour: "2-digit", minute: "2-digit" });
}

/** "09:30:05". */
export function secondOf(at, zone) {
  return format(at, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** "11月20日 周五" or "Fri 20 Nov". */
export function dayOf(at, zone) {
  const day = format(at, zone, { month: "short", day: "numeric" });
  const weekday = format(at, zone, { weekday: "short" });
  return lang() === "en" ? `${weekday} ${day}` : `${day} ${weekday}`;
}

/** The shortest that is clear from `now`: "11:30", "周一 09:30", "12月1日 09:30". */
export function moment(at, now, zone) {
  const time = timeOf(at, zone);
  if (dayOf(at, zone) === dayOf(now, zone)) return time;
  const far = Math.abs(new Date(at) - now) > 6 * DAY;
  const day = far
    ? format(at, zone, { month: "short", day: "numeric" })
    : format(at, zone, { weekday: "short" });
  return `${day} ${time}`;
}

/** A span of milliseconds, to the minute: "2 小时 10 分", "3 d 4 h". Never negative. */
export function span(milliseconds) {
  const minutes = Math.max(0, Math.floor(Math.abs(milliseconds) / MINUTE));
  const days = Math.floor(minutes / (24 * 60));
  const hours = Math.floor(minutes / 60) % 24;
  const parts = days
    ? [t("time-days", { count: days }), hours ? t("time-hours", { count: hours }) : ""]
    : [
        hours ? t("time-hours", { count: hours }) : "",
        minutes % 60 || !hours ? t("time-minutes", { count: minutes % 60 }) : "",
      ];
  return parts.filter(Boolean).join(" ");
}
