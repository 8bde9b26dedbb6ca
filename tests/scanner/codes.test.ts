import assert from "node:assert/strict";
import { test } from "node:test";

import { checkCharacter, formatBookingCode, hashOf, isMistyped, readBookingCode } from "../../scanner/src/codes.ts";
import { AGUS, BUDI, OF_JAKARTA, SITI } from "./office.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODES = [BUDI, SITI, AGUS, OF_JAKARTA, "BGRT3TTAV7D", "BGRZRQ0WQEN"];

for (const [payload, check] of [
  ["G123498654321", "H"], // the worked example of ISBT 128, which numbers blood donations with this check
  ["W000098123456", "N"],
  ["0", "1"],
] as const) {
  test(`the check character of ${payload} is that of ISO 7064 MOD 37-2`, () => {
    assert.equal(checkCharacter(payload), check);
  });
}

test("the server's codes read as themselves", () => {
  for (const code of CODES) {
    assert.equal(readBookingCode(code), code);
    assert.equal(readBookingCode(formatBookingCode(code)), code);
    assert.equal(isMistyped(code), false);
  }
});

test("every wrong character is found out, and is a typing error", () => {
  for (const code of CODES) {
    for (let position = 0; position < code.length; position++) {
      for (const wrong of ALPHABET.replace(code.charAt(position), "")) {
        const typed = code.slice(0, position) + wrong + code.slice(position + 1);
        assert.equal(readBookingCode(typed), null, typed);
        assert.equal(isMistyped(typed), true, typed);
      }
    }
  }
});

test("every swap of neighbours is found out before whatever follows", () => {
  for (const lead of ALPHABET) {
    for (const one of ALPHABET) {
      for (const other of ALPHABET) {
        if (one !== other) assert.notEqual(checkCharacter(lead + one + other), checkCharacter(lead + other + one));
      }
    }
  }
});

test("reading forgives case, spaces, dashes and look-alikes", () => {
  for (const typed of ["bgr-d0r1-p6cy", " BGR DOR1 P6CY ", "BGR-DoRi-P6CY", "bgrdorlp6cy", "BGRD0RIP6CY\n"]) {
    assert.equal(readBookingCode(typed), SITI, typed);
  }
});

const NO_CODES = [
  "",
  "BGR",
  "halo",
  "0".repeat(10),
  "0".repeat(12),
  "https://contoh.id/x",
  "UUUUUUUUUUU",
  "٠".repeat(11),
];

for (const text of NO_CODES) {
  test(`${JSON.stringify(text)} is no code`, () => assert.equal(readBookingCode(text), null));
}

for (const [text, mistyped] of [
  ["BGR-TY9S-N7P", true], // one too few
  ["BGR-TY9S-N7PAA", true],
  ["BGR-TY9S-N7", false],
  ["BGR-TY9S-N7PAAA", false],
  ["BGR-TY9S-N7P?", false],
  ["٠".repeat(11), false],
  ["UUUUUUUUUUU", true],
  ["", false],
] as const) {
  test(`${JSON.stringify(text)} is ${mistyped ? "a mistyped code" : "something else"}`, () => {
    assert.equal(isMistyped(text), mistyped);
  });
}

test("a code is shown in the groups in which people read it", () => {
  assert.equal(formatBookingCode("BGR7K3M92QX"), "BGR-7K3M-92QX");
});

test("a code's hash is the one of the server's list", async () => {
  // Python: hashlib.sha256(b"BGRTY9SN7PA").hexdigest()
  assert.equal(await hashOf(BUDI), "7c75e387c9fd09ebfa69576095a20a326dfc31001a867c05bb36298126b79396");
});
