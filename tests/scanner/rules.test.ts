import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { BookingState } from "../../scanner/src/api-types.ts";
import type { Outcome } from "../../scanner/src/ports.ts";
import { decide } from "../../scanner/src/rules.ts";
import { addScan, answered, applyScans, applyUndo, prune } from "../../scanner/src/scans.ts";
import type { StoredScan } from "../../scanner/src/store.ts";
import { isoIn } from "../../scanner/src/time.ts";
import { at, BUDI, booking, SITI, TODAY } from "./office.ts";

interface Case {
  name: string;
  state: BookingState;
  checked_in_by?: string;
  at: string;
  grace: boolean;
  nonce: string;
  outcome: Outcome;
}

// The server's rules are held to the same file.
const CASES: Case[] = JSON.parse(readFileSync(new URL("../door_cases.json", import.meta.url), "utf8"));

const iso = isoIn("Asia/Jakarta");
const listed = await booking(BUDI);
const scanned = { code: BUDI, hash: listed.hash, date: TODAY };
const moment = (time: string, date = TODAY) => ({ at: iso(at(time, date)), nonce: "nonce-0002", grace: false });

for (const { name, state, checked_in_by, at, grace, nonce, outcome } of CASES) {
  test(`${name}: ${outcome}`, () => {
    const checkedIn = checked_in_by && { checked_in_by, checked_in_at: "2026-11-23T07:41:00+07:00" };
    const list = { date: TODAY, bookings: [{ ...listed, state, ...checkedIn }] };
    const decision = decide(scanned, list, { at: iso(Date.parse(at)), grace, nonce });
    assert.equal(decision.outcome, outcome);
  });
}

test("who is let in is told with everything that an officer needs to see", () => {
  assert.deepEqual(decide(scanned, { date: TODAY, bookings: [listed] }, moment("07:45:00")), {
    outcome: "OK",
    code: "BGR-TY9S-N7PA",
    name: "BUDI S.",
    service_date: TODAY,
    queue_number: 1,
    starts_at: listed.starts_at,
    opens_at: listed.opens_at,
    void_after: listed.void_after,
    checked_in_at: "2026-11-23T07:45:00.000+07:00",
  });
});

test("who is let in within the grace is told to be late", () => {
  const list = { date: TODAY, bookings: [listed] };
  assert.equal(decide(scanned, list, { ...moment("08:10:00"), grace: true }).admitted_late, true);
});

test("who comes in time is not late, whoever lets them in", () => {
  const list = { date: TODAY, bookings: [listed] };
  for (const time of ["07:45:00", "08:00:00"]) {
    assert.equal(decide(scanned, list, { ...moment(time), grace: true }).admitted_late, undefined);
  }
});

test("a used code is told with the first time", () => {
  const checked_in_at = "2026-11-23T07:41:00+07:00";
  const list = { date: TODAY, bookings: [{ ...listed, state: "CHECKED_IN" as const, checked_in_at }] };
  assert.equal(decide(scanned, list, moment("07:45:00")).checked_in_at, checked_in_at);
});

test("a QR code of another day is named for what it is, with a list and without", () => {
  for (const list of [null, { date: TODAY, bookings: [listed] }]) {
    for (const [date, outcome] of [
      ["2026-11-24", "WRONG_DAY"],
      ["2026-11-22", "EXPIRED"],
    ] as const) {
      const decision = decide({ code: SITI, hash: "of Siti", date }, list, moment("07:45:00"));
      assert.deepEqual(decision, { outcome, code: "BGR-D0R1-P6CY", service_date: date });
    }
  }
});

test("a booking on today's list counts more than the day on its ticket: it was moved", async () => {
  const list = { date: TODAY, bookings: [listed] };
  assert.equal(decide({ ...scanned, date: "2026-11-30" }, list, moment("07:45:00")).outcome, "OK");
});

test("who is not on the list is not listed, and without a list of today there is no answer", () => {
  for (const reading of [
    { code: SITI, hash: "of Siti" },
    { code: SITI, hash: "of Siti", date: TODAY },
  ]) {
    const when = moment("07:45:00");
    assert.equal(decide(reading, { date: TODAY, bookings: [listed] }, when).outcome, "NOT_LISTED");
    assert.equal(decide(reading, { date: "2026-11-22", bookings: [listed] }, when).outcome, "NO_ANSWER");
    assert.equal(decide(reading, null, when).outcome, "NO_ANSWER");
  }
});

test("moments have the offset of the office", () => {
  const midnight = Date.parse("2026-11-22T17:00:00.250Z");
  assert.equal(isoIn("Asia/Jakarta")(midnight), "2026-11-23T00:00:00.250+07:00");
  assert.equal(isoIn("Asia/Makassar")(midnight), "2026-11-23T01:00:00.250+08:00");
  assert.equal(isoIn("Asia/Jayapura")(midnight), "2026-11-23T02:00:00.250+09:00");
});

function kept(nonce: string, outcome: Outcome, more: Partial<StoredScan> = {}): StoredScan {
  const checked_in_at = "2026-11-23T07:45:00.000+07:00";
  const scan = { nonce, at: checked_in_at, offline: false, decision: { outcome, checked_in_at } };
  return { scan, hash: listed.hash, ...more };
}

test("a scan that is newer than the list counts, an older one does not", () => {
  assert.equal(applyScans([listed], [kept("nonce-0001", "OK", { newer: true })])[0]?.state, "CHECKED_IN");
  assert.equal(applyScans([listed], [kept("nonce-0001", "USED", { newer: true })])[0]?.state, "CHECKED_IN");
  assert.equal(applyScans([listed], [kept("nonce-0001", "EARLY", { newer: true })])[0]?.state, "CONFIRMED");
  assert.equal(applyScans([listed], [kept("nonce-0001", "OK")])[0]?.state, "CONFIRMED");
});

test("a scan that is asked about again stays one scan, the newest", () => {
  const before = [kept("nonce-0001", "NO_ANSWER"), kept("nonce-0002", "USED")];
  const after = [kept("nonce-0002", "USED"), kept("nonce-0001", "OK")];
  assert.deepEqual(addScan(before, kept("nonce-0001", "OK")), after);
});

test("an undone check-in takes the mark of the list away", () => {
  const inside = { ...listed, state: "CHECKED_IN" as const, checked_in_at: "2026-11-23T07:41:00+07:00" };
  assert.deepEqual(applyScans([inside], [kept("nonce-0001", "UNDONE", { newer: true })]), [listed]);
});

test("what the server says counts more than what was shown", () => {
  const scan = { ...kept("nonce-0001", "OK").scan, differs: { outcome: "CANCELLED" as const } };
  assert.equal(applyScans([listed], [{ ...kept("nonce-0001", "OK", { newer: true }), scan }])[0]?.state, "CONFIRMED");
});

test("an answer that is the same as what was shown is no difference", () => {
  const decision = { outcome: "OK" as const, name: "BUDI S." };
  const { scan, unseen, unsent } = answered(kept("nonce-0001", "OK"), { decision });
  assert.deepEqual([scan.decision, scan.differs, unseen, unsent], [decision, undefined, undefined, undefined]);
});

test("a difference that is undone is one no more", () => {
  const scan = { ...kept("nonce-0001", "EARLY").scan, differs: { outcome: "OK" as const } };
  const decision = { outcome: "UNDONE" as const };
  const [after] = applyUndo([{ scan, hash: listed.hash, unseen: true }], "nonce-0001", decision);
  assert.deepEqual([after?.unseen, after?.scan.differs, after?.scan.decision], [undefined, undefined, decision]);
});

test("of many scans the last ten of today are kept, and whatever is not done with", async () => {
  const unsent = { code: BUDI, nonce: "waiting", device: "device-1" };
  const yesterday = kept("yesterday", "USED");
  yesterday.scan.at = "2026-11-22T07:45:00.000+07:00";
  const older = [kept("waiting", "OK", { unsent }), kept("differs", "OK", { unseen: true }), kept("old", "USED")];
  const last = Array.from({ length: 9 }, (_, index) => kept(`nonce-${index}`, "USED"));
  older.push(kept("not on the list", "OK", { newer: true }));
  const nonces = prune([...older, yesterday, ...last], TODAY).map(({ scan }) => scan.nonce);
  assert.deepEqual(nonces, ["waiting", "differs", "not on the list", ...last.map(({ scan }) => scan.nonce)]);
});
