// A made-up office with its key, its QR codes and its bookings.

import type { ListedBooking } from "../../scanner/src/api-types.ts";
import { hashOf } from "../../scanner/src/codes.ts";
import type { Settings } from "../../scanner/src/ports.ts";

export const TODAY = "2026-11-23";
export const BUDI = "BGRTY9SN7PA";
export const SITI = "BGRD0R1P6CY";
export const AGUS = "BGR1R99K0YE";
export const NOT_LISTED = "BGRC0J32SFW";
export const OF_JAKARTA = "JKPTY9SN7PD";
export const OF_NOBODY = "XYZVY9SN7P2";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const keys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
const forgersKeys = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);

export const SETTINGS: Settings = {
  office: "Kantor Imigrasi Bogor",
  prefix: "BGR",
  offices: { BGR: "Kantor Imigrasi Bogor", JKP: "Kantor Imigrasi Jakarta Pusat" },
  time_zone: "Asia/Jakarta",
  public_key: Buffer.from(await crypto.subtle.exportKey("spki", keys.publicKey)).toString("base64"),
  cognito_url: "https://cognito.example/",
  client_id: "client",
};

/** Return the moment of a time of day of the office, today: milliseconds since 1970. */
export function at(time: string, date = TODAY): number {
  return Date.parse(`${date}T${time}+07:00`);
}

export function qrOf(code: string, date = TODAY): Promise<string> {
  return signed(code, date, keys.privateKey);
}

export function forgedQrOf(code: string, date = TODAY): Promise<string> {
  return signed(code, date, forgersKeys.privateKey);
}

/** Return a booking for eight o'clock. */
export async function booking(code: string, queue_number = 1): Promise<ListedBooking> {
  return {
    hash: await hashOf(code),
    name: "BUDI S.",
    queue_number,
    opens_at: `${TODAY}T07:30:00+07:00`,
    starts_at: `${TODAY}T08:00:00+07:00`,
    void_after: `${TODAY}T08:15:00+07:00`,
    state: "CONFIRMED",
  };
}

async function signed(code: string, date: string, key: CryptoKey): Promise<string> {
  const content = `ANTRIAN1.${code.slice(0, 3)}.${code.slice(3)}.${date.replaceAll("-", "")}`;
  const signature = new Uint8Array(await crypto.subtle.sign(ECDSA, key, Buffer.from(content)));
  const bits = Array.from(signature, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const fives = bits.match(/.{1,5}/g)?.map((five) => parseInt(five.padEnd(5, "0"), 2)) ?? [];
  return `${content}.${fives.map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[five]).join("")}`;
}
