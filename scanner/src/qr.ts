// The text in a ticket's QR code, signed by its office: antrian.domain.qr writes it.

import { CHARACTER, PREFIX_LENGTH } from "./codes.ts";

// The last character of the signature carries two bits, so only four characters can end it.
const FORM = new RegExp(
  `^(ANTRIAN1\\.(${CHARACTER}{${PREFIX_LENGTH}})\\.(${CHARACTER}{8})\\.([0-9]{8}))\\.([A-Z2-7]{102}[AIQY])$`,
);
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const P256 = { name: "ECDSA", namedCurve: "P-256" };

/** What a QR code says. None of it can be trusted before `isSigned`. */
export interface Qr {
  code: string;
  /** `2026-11-23` */
  date: string;
  content: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

/** Return what a scanned text says, null when it is not in our form: some other QR code. */
export function readQr(text: string): Qr | null {
  const [, content = "", prefix = "", rest = "", day = "", signature = ""] = FORM.exec(text) ?? [];
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  if (!isDate(date)) return null;
  return { code: prefix + rest, date, content: new TextEncoder().encode(content), signature: fromBase32(signature) };
}

/** Read an office's key: SPKI, DER, base64. */
export function importKey(spki: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(spki), (character) => character.charCodeAt(0));
  return crypto.subtle.importKey("spki", bytes, P256, false, ["verify"]);
}

/** Tell whether a QR code was signed with the office key that belongs to this public key. */
export function isSigned(qr: Qr, key: CryptoKey): Promise<boolean> {
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, qr.signature, qr.content);
}

function isDate(text: string): boolean {
  const moment = new Date(`${text}T00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const character of text) {
    held = ((held << 5) | BASE32.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (held >> bits) & 0xff;
    }
  }
  return bytes;
}
