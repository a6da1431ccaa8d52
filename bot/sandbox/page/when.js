/** Times as a messenger shows them, in the town's zone; instants are seconds since 1970. */

import { dayOf, timeOf } from "./dates.js";
import { langTag } from "./words.js";

const WEEK = 6 * 24 * 3600; // seconds within which a day of the week is clear

/** "10:42". */
export function clockOf(store, seconds) {
  return timeOf(seconds * 1000, zoneOf(store));
}

/** The day of a separator between messages: "11月20日 周五". */
export function dateOf(store, seconds) {
  return dayOf(seconds * 1000, zoneOf(store));
}

/** For a list of chats: the time today, then the day of the week, then the date. */
export function recentOf(store, seconds) {
  if (dateOf(store, seconds) === dayOf(store.now(), zoneOf(store))) return clockOf(store, seconds);
  const recent = store.now() / 1000 - seconds < WEEK;
  const look = recent ? { weekday: "short" } : { month: "numeric", day: "numeric" };
  const options = { timeZone: zoneOf(store), ...look };
  return new Intl.DateTimeFormat(langTag(), options).format(new Date(seconds * 1000));
}

/** A length in seconds as "0:07". */
export function lengthOf(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function zoneOf(store) {
  return store.town?.zone ?? "UTC";
}
