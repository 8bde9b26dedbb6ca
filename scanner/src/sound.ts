// Three sounds, with vibrations, that officers can tell apart while they look at the next person.

import { signal } from "@preact/signals";
import type { Tone } from "./verdict.ts";

const MUTED = "antrian.muted";

/** Frequency in hertz, and when it begins and how long it lasts, in seconds. */
type Note = [frequency: number, from: number, length: number];

interface Signal {
  wave: OscillatorType;
  /** Between 0 and 1. */
  loudness: number;
  notes: Note[];
  /** Milliseconds on, off, on. */
  vibration: number[];
}

const ENTER: Signal = {
  wave: "sine",
  loudness: 0.6,
  notes: [
    [880, 0, 0.12],
    [1319, 0.12, 0.22],
  ],
  vibration: [120],
};
const ATTENTION: Signal = {
  wave: "triangle",
  loudness: 0.6,
  notes: [
    [660, 0, 0.14],
    [660, 0.22, 0.14],
  ],
  vibration: [100, 80, 100],
};
const ERROR: Signal = {
  wave: "square",
  loudness: 0.25,
  notes: [
    [208, 0, 0.2],
    [156, 0.24, 0.4],
  ],
  vibration: [400, 100, 400],
};
const SIGNALS: Record<Tone, Signal> = { enter: ENTER, attention: ATTENTION, refusal: ERROR, unsure: ATTENTION };

export const muted = signal(localStorage.getItem(MUTED) === "yes");

export function setMuted(yes: boolean): void {
  muted.value = yes;
  localStorage.setItem(MUTED, yes ? "yes" : "no");
}

let context: AudioContext | undefined;

/** Call this on touch: browsers let a page make sounds only after one. */
export function allowSound(): void {
  context ??= new AudioContext();
  // iOS suspends it again whenever a call comes in.
  if (context.state !== "running") void context.resume();
}

export function announce(tone: Tone): void {
  const { wave, loudness, notes, vibration } = SIGNALS[tone];
  // Untouched, the page may neither vibrate nor sound.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(vibration);
  if (muted.value || context?.state !== "running") return;
  for (const [frequency, from, length] of notes) {
    const start = context.currentTime + from;
    const oscillator = new OscillatorNode(context, { type: wave, frequency });
    const gain = new GainNode(context, { gain: 0 });
    // A hard edge clicks.
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loudness, start + 0.01);
    gain.gain.setValueAtTime(loudness, start + length - 0.03);
    gain.gain.linearRampToValueAtTime(0, start + length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + length);
  }
}
