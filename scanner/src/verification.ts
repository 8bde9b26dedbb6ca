// Checks a code by itself, before its booking is looked up: its form, its office, and a QR code's signature.

import { hashOf, isMistyped, PREFIX_LENGTH, readBookingCode } from "./codes.ts";
import type { Decision, Settings } from "./ports.ts";
import { isSigned, readQr } from "./qr.ts";

/** What was presented at the door: the text of a QR code, or a typed booking code. */
export type PresentedCode = { qr: string } | { code: string };

/** A valid code of this office, or the decision where no booking has to be looked up. */
export type Verification =
  | { code: string; hash: string /** The service date, which only a QR code says. */; date?: string }
  | { decision: Decision };

/** Recognise a QR code that a USB scanner typed; with caps lock on, it types small letters. */
export function normalize(presented: PresentedCode): PresentedCode {
  if ("qr" in presented) return presented;
  const text = presented.code.trim();
  return /^ANTRIAN\d+\./i.test(text) ? { qr: text.toUpperCase() } : { code: text };
}

/** Check a code in the server's order: form, office, signature. `key` verifies this office's signatures. */
export async function verify(presented: PresentedCode, settings: Settings, key: CryptoKey): Promise<Verification> {
  if ("code" in presented) {
    const code = readBookingCode(presented.code);
    if (code === null) return { decision: { outcome: isMistyped(presented.code) ? "MISTYPED" : "UNKNOWN" } };
    return ofAnotherOffice(code, settings) ?? { code, hash: await hashOf(code) };
  }
  const qr = readQr(presented.qr);
  if (qr === null) return { decision: { outcome: "UNKNOWN" } };
  const other = ofAnotherOffice(qr.code, settings);
  if (other !== null) return other;
  if (!(await isSigned(qr, key))) return { decision: { outcome: "FORGED" } };
  return { code: qr.code, hash: await hashOf(qr.code), date: qr.date };
}

function ofAnotherOffice(code: string, { prefix, offices }: Settings): Verification | null {
  const itsPrefix = code.slice(0, PREFIX_LENGTH);
  if (itsPrefix === prefix) return null;
  const office = offices[itsPrefix];
  return { decision: office === undefined ? { outcome: "UNKNOWN" } : { outcome: "WRONG_OFFICE", office } };
}
