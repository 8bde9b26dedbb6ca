// Booking codes as people type them: antrian.domain.codes has the same rules for the server.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const PREFIX_LENGTH = 3;
const LENGTH = 11;
/** Matches one character of a code; part of a regular expression. */
export const CHARACTER = `[${ALPHABET}]`;

const CHECK_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
const POSSIBLE = new RegExp(`^${CHARACTER}{${LENGTH}}$`);
// One character may be missing or too many, and one is nearly always enough for the check character not to fit.
const ABOUT_ITS_LENGTH = new RegExp(`^[A-Za-z0-9]{${LENGTH - 1},${LENGTH + 1}}$`);

/** Return the booking code that was typed, null when it cannot be one. */
export function readBookingCode(text: string): string | null {
  const characters = unspaced(text).toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  const possible = POSSIBLE.test(characters) && checkCharacter(characters.slice(0, -1)) === characters.at(-1);
  return possible ? characters : null;
}

/** Tell whether somebody meant to type a booking code and mistyped it. */
export function isMistyped(text: string): boolean {
  return ABOUT_ITS_LENGTH.test(unspaced(text)) && readBookingCode(text) === null;
}

/** Return the ISO 7064 MOD 37-2 check character of capital letters and digits. */
export function checkCharacter(payload: string): string {
  let total = 0;
  for (const character of payload) total = ((total + CHECK_ALPHABET.indexOf(character)) * 2) % 37;
  return CHECK_ALPHABET.charAt((38 - total) % 37);
}

/** Return a booking code in the groups in which people read it: `BGR-7K3M-92QX`. */
export function formatBookingCode(code: string): string {
  return `${code.slice(0, 3)}-${code.slice(3, 7)}-${code.slice(7)}`;
}

/** Return the SHA-256 of a booking code in hex, which the day's list has in place of the code. */
export async function hashOf(code: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unspaced(text: string): string {
  return text.replaceAll(/[\s-]/g, "");
}
