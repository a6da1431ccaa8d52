/** The page's drawings: stroked paths on a grid of 24, in the colour of the text around them. */

import { svg } from "./dom.js";

const PATHS = {
  alert: "M12 3 2.5 20h19L12 3Zm0 7v4.5m0 2.8v.2",
  attach:
    "M20 11.5 12.3 19a5 5 0 0 1-7-7.1L13 4.3a3.3 3.3 0 0 1 4.7 4.7l-7.6 7.5a1.7 1.7 0 0 1-2.4-2.4l7-6.8",
  auto: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm0 0v17M12 7.5h6.5M12 11.5h8.4M12 15.5h7.5",
  back: "M15 5l-7 7 7 7",
  check: "M4.5 12.5l5 5 10-11",
  checks: "M1.5 12.5l5 5 9-11M11 16.5l1 1 10-11",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm0 4V12l3 2",
  close: "M6 6l12 12M18 6L6 18",
  contact: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 20.5c.8-4 4-6 8-6s7.2 2 8 6",
  copy: "M9 9h10v11H9zM5 15V4h10",
  dark: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  deadline: "M6 21V4h11l-2.5 4L17 12H6",
  down: "M6 9l6 6 6-6",
  edit: "M4 20l1-4L16.5 4.5l3 3L8 19l-4 1Z",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  forum: "M4 5h16v11H9l-5 4z",
  group:
    "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM2.5 19.5c.6-3.5 3-5 6.5-5s5.9 1.5 6.5 5M16 5.5a3.3 3.3 0 0 1 0 6.3M18 14.8c2 .7 3.2 2.2 3.6 4.7",
  hour: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm0 4V12l3 2",
  inside: "M4 5h16v14H4zM14 5v14M16.5 9h1.5M16.5 12h1.5",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  language: "M3.5 6h9M8 4v2c0 4-2 6.5-4.5 8M5.5 9c1 2.5 3 4 5.5 5M12 20l4-10 4 10M13.4 16.5h5.2",
  light:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  link: "M7 17 17 7M9 7h8v8",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  megaphone: "M4 10v4h3l9 5V5l-9 5zM19 9.5c1.3 1.6 1.3 3.4 0 5",
  menu: "M5 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4ZM12 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4ZM19 11.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4Z",
  mic: "M12 3.5a3 3 0 0 0-3 3V12a3 3 0 0 0 6 0V6.5a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  morning:
    "M3 18h18M6.5 18a5.5 5.5 0 0 1 11 0M12 5v4M9.5 7.5 12 5l2.5 2.5M4.5 11.5 6 13M19.5 11.5 18 13M6 21h12",
  muted:
    "M6 16.5h12c-1.3-1.6-1.5-3-1.5-6a4.5 4.5 0 0 0-9 0c0 3-.2 4.4-1.5 6ZM10.5 19.5h3M4 4l16 16",
  next: "M6 5l8 7-8 7zM18 5v14",
  pause: "M8 5v14M16 5v14",
  phone: "M7 2.5h10v19H7zM11 18.5h2",
  photo: "M3.5 5h17v14h-17zM3.5 16l5-5 4 4 3-3 5 4.5M15.5 8.5h.01",
  pin: "M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11Zm0-13.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z",
  pinned: "M14 4l6 6-4 1-3.5 3.5-.5 4-6.5-6.5 4-.5L13 8zM8.5 15.5 4 20",
  play: "M8 5l11 7-11 7z",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6l-6 6 6 6M4.5 12H14c3.5 0 6 2 6 6",
  resident: "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
  retry: "M19 12a7 7 0 1 1-2-5M19 3.5V8h-4.5",
  send: "M4 12 20 4.5 16 20l-4.5-6zM11.5 14 20 4.5",
  slash: "M16 4 8 20",
  stop: "M7 7h10v10H7z",
  supervisor: "M3 20h18M5 20V10M10 20V4M15 20v-8M20 20V7",
  topic: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h15.5M4 15h15.5",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  worker: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 20.5c.8-4 4-6 8-6s7.2 2 8 6M15.5 18l1.5 1.5 3-3",
};

/** The drawing of that name. With a `label` it says so to a screen reader; without, nothing. */
export function icon(name, label = null) {
  const said = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg("svg.icon", { viewBox: "0 0 24 24", ...said }, svg("path", { d: PATHS[name] }));
}
