// What a code says by itself, before anybody looks for its booking.

import { hashOf, isMistyped, PREFIX_LENGTH, readBookingCode } from "./codes.ts";
import type { Decision, Settings } from "./ports.ts";
import { isSigned, readQr } from "./qr.ts";

/** What was held up at the door. */
export type PresentedCode = { qr: string } | { code: string };

/** A code of this office, or the decision where no booking has to be looked for. */
export type Verification =
  | { code: string; hash: string /** The service date, which only a QR code says. */; date?: string }
  | { decision: Decision };

/** Tell QR codes from typed ones: a USB scanner types, in small letters where the caps lock is on. */
export function normalize(presented: PresentedCode): PresentedCode {
  if ("qr" in presented) return presented;
  const text = presented.code.trim();
  return /^ANTRIAN\d+\./i.test(text) ? { qr: text.toUpperCase() } : { code: text };
}

/** Read a code; `key` is the office's that signs. The order is the server's: form, office, signature. */
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
