/** Pictures and files: made ready for sending as Telegram's apps do, and shown. */

import { fileUrl } from "./door.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const LONGEST_SIDE = 1280; // pixels of a photo, as Telegram's apps send it
const QUALITY = 0.87;
const FLATTEST = 20; // a picture longer than that for its height goes as a file
const KEPT_WHOLE = new Set(["image/gif", "image/svg+xml"]); // shrinking would spoil them
const MOST = 50 * 1024 * 1024; // bytes of a file

/**
 * A chosen file as it will be sent: {kind: photo|video|document, blob, name, size, mime, width?,
 * height?}. A picture becomes a JPEG of at most 1280 pixels unless `whole` is asked for. Throws
 * an Error with a sentence for what cannot be sent.
 */
export async function prepare(file, whole = false) {
  if (!whole && file.type.startsWith("image/") && !KEPT_WHOLE.has(file.type)) {
    const photo = await shrunk(file);
    if (photo) return photo;
  }
  if (!file.size) throw new Error(t("composer-file-empty", { name: file.name }));
  if (file.size > MOST) throw new Error(t("composer-file-big", { name: file.name }));
  const kind = !whole && file.type.startsWith("video/") ? "video" : "document";
  return { kind, blob: file, name: file.name, size: file.size, mime: file.type };
}

/** The photo, or null for a picture that this browser cannot read or that is too flat. */
async function shrunk(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return null;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  if (Math.max(width, height) / Math.min(width, height) > FLATTEST) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, width, height);
  paper.imageSmoothingQuality = "high";
  paper.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  const size = blob.size;
  return { kind: "photo", blob, name: file.name, size, mime: blob.type, width, height };
}

/** A medium as `POST /control/say` takes it. */
export async function asBody({ blob, kind, name, mime, width, height, duration }) {
  const data = await base64(blob);
  if (kind === "photo") return { data, file_name: name, width, height };
  const details = { data, mime_type: mime || "application/octet-stream" };
  if (kind === "voice") return { ...details, duration };
  return { ...details, file_name: name };
}

/** A medium as a message shows it before it is stored. */
export function asDraft({ blob, kind, name, size, width, height, duration }) {
  const local = URL.createObjectURL(blob);
  const file = { local, file_name: name, file_size: size, width, height, duration };
  return { local, [kind]: kind === "photo" ? [file] : file };
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error(t("composer-file-gone")));
    reader.readAsDataURL(blob);
  });
}

const kept = new Map(); // file id -> address of the bytes that were sent from this page

/** Where a medium's bytes are. */
export function sourceOf(file) {
  return file.local ?? kept.get(file.file_id) ?? fileUrl(file.file_id);
}

/** A draft is stored as this message: its picture need not be fetched to be shown on. */
export function keepSource(draft, message) {
  const file = message.photo?.at(-1) ?? message.video ?? message.voice;
  if (draft.local && file) kept.set(file.file_id, draft.local);
}

/** "1.2 MB". */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024
    ? `${Math.round(bytes / 1024)} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Shows a picture in full over the whole page. */
export function viewPhoto(source, words) {
  const shown = el(
    "dialog.viewer",
    { "aria-label": words, on: { close: () => shown.remove() } },
    el(
      "button.round",
      { type: "button", "aria-label": t("phone-close-sheet"), on: { click: () => shown.close() } },
      icon("close"),
    ),
    el("img", { src: source, alt: words }),
  );
  shown.addEventListener("click", (event) => event.target === shown && shown.close());
  document.body.append(shown);
  shown.showModal();
}
