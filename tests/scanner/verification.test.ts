import assert from "node:assert/strict";
import { test } from "node:test";

import { hashOf } from "../../scanner/src/codes.ts";
import { importKey, isSigned, readQr } from "../../scanner/src/qr.ts";
import { normalize, type PresentedCode, verify } from "../../scanner/src/verification.ts";
import { BUDI, forgedQrOf, OF_JAKARTA, OF_NOBODY, qrOf, SETTINGS, TODAY } from "./office.ts";

// Signed by Python's cryptography over what antrian.domain.qr makes of BGRTY9SN7PA and 2026-11-23.
const OF_THE_SERVER =
  "ANTRIAN1.BGR.TY9SN7PA.20261123.2ROZ7AJUT65GI3DPKAE7GIYQP4P5OVWGUV3VAEAKCDXFAHC4PFHQ4HW5RCAUXTW5JFNSRVFCNRBR65FTJRAXFSPUZNFMPCOOSHUYVCQ";
const ITS_KEY =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAB/69v5ye0GvGYFE7RwM1qr6jSfLVuKkDaJjZhwkykRjV+4MkXGx5GVePj/Xcw3tKoT5IGEGAfgPng7aUJF/6g==";

const key = await importKey(SETTINGS.public_key);
const decisionOn = (presented: PresentedCode) => verify(presented, SETTINGS, key);

test("a QR code of the server's says its booking and its day, and its signature holds", async () => {
  const qr = readQr(OF_THE_SERVER);
  assert.ok(qr);
  assert.deepEqual([qr.code, qr.date], [BUDI, TODAY]);
  assert.equal(await isSigned(qr, await importKey(ITS_KEY)), true);
});

test("any other key, day or booking is not what was signed", async () => {
  const itsKey = await importKey(ITS_KEY);
  for (const text of [
    OF_THE_SERVER.replace("20261123", "20261124"),
    OF_THE_SERVER.replace("TY9SN7PA", "TY9SN7PB"),
    OF_THE_SERVER.replace(".2RO", ".2RP"),
    await qrOf(BUDI),
  ]) {
    const qr = readQr(text);
    assert.ok(qr);
    assert.equal(await isSigned(qr, itsKey), false, text);
  }
});

for (const text of [
  "",
  "https://contoh.id/x",
  BUDI,
  OF_THE_SERVER.replace("ANTRIAN1", "ANTRIAN2"),
  OF_THE_SERVER.toLowerCase(),
  ` ${OF_THE_SERVER}`,
  `${OF_THE_SERVER}\n`,
  OF_THE_SERVER.slice(0, -1),
  `${OF_THE_SERVER.slice(0, -1)}R`, // no four bytes end so
  OF_THE_SERVER.replace("20261123", "20261131"),
  OF_THE_SERVER.replace("TY9SN7PA", "TY9SN7PU"),
]) {
  test(`${JSON.stringify(text)} is a QR code of something else`, async () => {
    assert.equal(readQr(text), null);
    assert.deepEqual(await decisionOn({ qr: text }), { decision: { outcome: "UNKNOWN" } });
  });
}

test("a signed QR code of this office is a code with its day", async () => {
  const verification = await decisionOn({ qr: await qrOf(BUDI) });
  assert.deepEqual(verification, { code: BUDI, hash: await hashOf(BUDI), date: TODAY });
});

test("a forged QR code is named", async () => {
  assert.deepEqual(await decisionOn({ qr: await forgedQrOf(BUDI) }), { decision: { outcome: "FORGED" } });
});

test("another office's code is named with its office, scanned or typed, before its signature is looked at", async () => {
  const there = { decision: { outcome: "WRONG_OFFICE", office: "Kantor Imigrasi Jakarta Pusat" } };
  assert.deepEqual(await decisionOn({ qr: await forgedQrOf(OF_JAKARTA) }), there);
  assert.deepEqual(await decisionOn({ code: "jkp-ty9s-n7pd" }), there);
});

test("a code of no office is unknown, scanned or typed", async () => {
  const unknown = { decision: { outcome: "UNKNOWN" } };
  assert.deepEqual(await decisionOn({ qr: await forgedQrOf(OF_NOBODY) }), unknown);
  assert.deepEqual(await decisionOn({ code: OF_NOBODY }), unknown);
});

test("a typing error is told as one, and what is no code at all as unknown", async () => {
  assert.deepEqual(await decisionOn({ code: "BGR-TY9S-N7PB" }), { decision: { outcome: "MISTYPED" } });
  assert.deepEqual(await decisionOn({ code: "halo" }), { decision: { outcome: "UNKNOWN" } });
});

test("what a USB scanner types is a QR code, also with the wrong caps lock", () => {
  assert.deepEqual(normalize({ code: `${OF_THE_SERVER}\n` }), { qr: OF_THE_SERVER });
  assert.deepEqual(normalize({ code: OF_THE_SERVER.toLowerCase() }), { qr: OF_THE_SERVER });
  assert.deepEqual(normalize({ code: " antrian0001 " }), { code: "antrian0001" });
});
