// How a decision is presented: a tone (with its own colour, sign, sound and vibration), a word, and what to do next.

import type { Decision, Outcome, Scan } from "./ports.ts";
import { OUTCOMES } from "./texts.ts";

export type Tone = "enter" | "attention" | "refusal" | "unsure";

const TONES: Record<Outcome, Tone> = {
  OK: "enter",
  EARLY: "attention",
  LATE_GRACE: "attention",
  USED: "attention",
  MISTYPED: "attention",
  UNDONE: "attention",
  EXPIRED: "refusal",
  WRONG_DAY: "refusal",
  WRONG_OFFICE: "refusal",
  CANCELLED: "refusal",
  UNCONFIRMED: "refusal",
  UNKNOWN: "refusal",
  FORGED: "refusal",
  NOT_LISTED: "unsure",
  NO_ANSWER: "unsure",
};

export interface Verdict {
  tone: Tone;
  word: string;
  hint: string;
}

/** Tell whether a scan waits on this phone for the server. What only the page can say is recorded nowhere. */
export function isUnsent({ offline, decision }: Scan): boolean {
  return offline && TONES[decision.outcome] !== "unsure";
}

export function verdict(decision: Decision): Verdict {
  const { word, hint } = OUTCOMES[decision.outcome];
  return { tone: TONES[decision.outcome], word: word(decision), hint: hint?.(decision) ?? "" };
}
