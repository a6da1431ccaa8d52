/** Voice messages: recorded, made up where there is no microphone, and played. */

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { sourceOf } from "./media.js";
import { t } from "./words.js";
import { lengthOf } from "./when.js";

const SAMPLE_SECONDS = 2;
const RATE = 16000; // samples per second of the sample

/** A recording from the microphone. `stop()` gives the voice message, `drop()` forgets it. */
export class Recording {
  /** Begins; throws when there is no microphone or it is not allowed. */
  static async begin() {
    if (!navigator.mediaDevices || !window.MediaRecorder) throw new Error("no recorder");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return new Recording(stream);
  }

  constructor(stream) {
    this.stream = stream;
    this.parts = [];
    this.begun = performance.now();
    this.recorder = new MediaRecorder(stream);
    this.recorder.ondataavailable = ({ data }) => this.parts.push(data);
    this.recorder.start();
  }

  get seconds() {
    return (performance.now() - this.begun) / 1000;
  }

  async stop() {
    const duration = Math.max(1, Math.round(this.seconds));
    const mime = this.recorder.mimeType.split(";")[0];
    await this.#end();
    return { kind: "voice", blob: new Blob(this.parts, { type: mime }), mime, duration };
  }

  drop() {
    return this.#end();
  }

  async #end() {
    const stopped = new Promise((resolve) => (this.recorder.onstop = resolve));
    this.recorder.stop();
    await stopped;
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/** A voice message where there is no microphone: two soft notes, as a WAV file. */
export async function sampleVoice() {
  const studio = new OfflineAudioContext(1, RATE * SAMPLE_SECONDS, RATE);
  for (const [pitch, begin] of [
    [440, 0],
    [554, SAMPLE_SECONDS / 2],
  ]) {
    const note = new OscillatorNode(studio, { frequency: pitch });
    const loudness = new GainNode(studio, { gain: 0 });
    loudness.gain.setValueAtTime(0, begin);
    loudness.gain.linearRampToValueAtTime(0.25, begin + 0.05);
    loudness.gain.linearRampToValueAtTime(0, begin + SAMPLE_SECONDS / 2);
    note.connect(loudness).connect(studio.destination);
    note.start(begin);
  }
  const sound = await studio.startRendering();
  const blob = new Blob([wav(sound.getChannelData(0))], { type: "audio/wav" });
  return { kind: "voice", blob, mime: "audio/wav", duration: SAMPLE_SECONDS };
}

function wav(samples) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const word = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((value, i) => view.setInt16(44 + i * 2, value * 0x7fff, true));
  return view.buffer;
}

let playing = null;

/** A voice message with a button that plays it, its course and its length. */
export function voiceNode(voice) {
  const sound = el("audio", { src: sourceOf(voice), preload: "none" });
  const course = el("i");
  const length = el("span.voice-length", {}, lengthOf(voice.duration ?? 0));
  const button = el("button.round.play", { type: "button" });
  const draw = () => {
    button.replaceChildren(icon(sound.paused ? "play" : "pause"));
    button.setAttribute("aria-label", t(sound.paused ? "message-play" : "message-pause"));
    course.style.inlineSize = `${(100 * sound.currentTime) / (voice.duration || 1)}%`;
  };
  button.addEventListener("click", () => {
    if (!sound.paused) {
      sound.pause();
      return;
    }
    playing?.pause();
    playing = sound;
    sound.play().catch(() => (length.textContent = t("message-no-sound")));
  });
  for (const kind of ["play", "pause", "timeupdate", "ended"]) sound.addEventListener(kind, draw);
  draw();
  return el(
    "div.voice",
    {},
    button,
    el("span.wave", { "aria-hidden": "true" }, course),
    length,
    sound,
  );
}
