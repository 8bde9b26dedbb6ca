import assert from "node:assert/strict";
import { test } from "node:test";

import { ServerClock } from "../../scanner/src/server-clock.ts";
import { FakePhone } from "./fake-phone.ts";
import { at } from "./office.ts";

const SECOND = 1000;

function onAPhone(moment: number) {
  const phone = new FakePhone(moment);
  return { phone, clock: new ServerClock(phone, "Asia/Jakarta") };
}

test("the phone's own clock counts until the server has told its time", () => {
  const { clock } = onAPhone(at("09:00:00"));
  assert.deepEqual([clock.now(), clock.ahead, clock.isSet], [at("09:00:00"), 0, false]);
});

test("the server told its time halfway between question and answer, cut off to a whole second", () => {
  const { phone, clock } = onAPhone(at("09:00:00"));
  const askedAt = phone.now();
  phone.clock += 4 * SECOND;
  clock.set("2026-11-23T07:45:00+07:00", askedAt);
  assert.equal(clock.now(), at("07:45:00") + 2 * SECOND + 500);
  assert.equal(clock.isSet, true);
  phone.clock += 60 * SECOND;
  assert.equal(clock.iso(), "2026-11-23T07:46:02.500+07:00");
});

test("today is the office's date by the server's time", () => {
  const { phone, clock } = onAPhone(at("23:59:58"));
  assert.equal(clock.today(), "2026-11-23");
  clock.set("2026-11-24T00:00:01+07:00", phone.now());
  assert.equal(clock.today(), "2026-11-24");
});

test("what is no time sets no clock", () => {
  const { phone, clock } = onAPhone(at("09:00:00"));
  clock.set("", phone.now());
  assert.equal(clock.isSet, false);
  clock.set("2026-11-23T07:45:00+07:00", phone.now());
  clock.set("soon", phone.now());
  assert.equal(clock.now(), at("07:45:00") + 500);
});

test("what was known before a reload is known after it, and no longer when the phone's clock was set", () => {
  const { phone, clock } = onAPhone(at("09:00:00"));
  clock.set("2026-11-23T07:45:00+07:00", phone.now());
  const reloaded = new ServerClock(phone, "Asia/Jakarta");
  reloaded.restore(clock.ahead);
  assert.deepEqual([reloaded.now(), reloaded.isSet], [clock.now(), true]);
  reloaded.unset();
  assert.deepEqual([reloaded.now(), reloaded.isSet], [at("09:00:00"), false]);
});
