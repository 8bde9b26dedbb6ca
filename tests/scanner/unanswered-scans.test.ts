import assert from "node:assert/strict";
import { test } from "node:test";

import { UnansweredScans } from "../../scanner/src/unanswered-scans.ts";
import { MemoryStore } from "./memory-store.ts";
import { BUDI, TODAY } from "./office.ts";

const TOMORROW = "2026-11-24";

function onAPhone() {
  const clock = { date: TODAY, today: () => clock.date };
  const store = new MemoryStore();
  const nonces = async () => (await store.get("questions"))?.map(({ nonce }) => nonce);
  return { clock, store, nonces, unanswered: new UnansweredScans(store, clock) };
}

const scan = (nonce: string, hash = "of Budi", date = TODAY) => ({
  nonce,
  hash,
  shown: { code: BUDI },
  at: `${date}T07:45:00+07:00`,
});

test("a code's unanswered scan is found by its hash, also after a reload", async () => {
  const { clock, store, unanswered } = onAPhone();
  await unanswered.add(scan("first"));
  await unanswered.add(scan("second", "of Siti"));
  assert.deepEqual(await new UnansweredScans(store, clock).find("of Budi"), scan("first"));
  assert.equal(await unanswered.find("of Agus"), undefined);
  assert.equal(await unanswered.find(undefined), undefined);
});

test("a scan that was answered is found no more", async () => {
  const { unanswered, nonces } = onAPhone();
  await unanswered.remove("nobody asked about this");
  await unanswered.add(scan("first"));
  await unanswered.add(scan("second", "of Siti"));
  await unanswered.remove("first");
  assert.deepEqual([await unanswered.find("of Budi"), await nonces()], [undefined, ["second"]]);
});

test("a scan that is asked about again stays one, and counts as the newest", async () => {
  const { unanswered, nonces } = onAPhone();
  await unanswered.add(scan("first"));
  await unanswered.add(scan("second", "of Siti"));
  await unanswered.add(scan("first"));
  assert.deepEqual(await nonces(), ["second", "first"]);
});

test("yesterday's scan is another one, and goes when the next is added", async () => {
  const { clock, unanswered, nonces } = onAPhone();
  await unanswered.add(scan("of Monday"));
  clock.date = TOMORROW;
  assert.equal(await unanswered.find("of Budi"), undefined);
  await unanswered.add(scan("of Tuesday", "of Siti", TOMORROW));
  assert.deepEqual(await nonces(), ["of Tuesday"]);
});

test("of more than fifty the oldest go", async () => {
  const { unanswered, nonces } = onAPhone();
  for (let number = 1; number <= 52; number++) await unanswered.add(scan(`nonce-${number}`, `hash-${number}`));
  const left = await nonces();
  assert.deepEqual([left?.length, left?.[0], left?.at(-1)], [50, "nonce-3", "nonce-52"]);
});
