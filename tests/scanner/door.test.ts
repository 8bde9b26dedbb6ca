import assert from "node:assert/strict";
import { test } from "node:test";

import { atTheDoor, breakFor, MINUTE, open, outcomes, reconnect, SECOND, stateOf } from "./door-setup.ts";
import { FakePhone } from "./fake-phone.ts";
import { problem } from "./fake-server.ts";
import { at, BUDI, qrOf, SITI } from "./office.ts";

test("the server decides where it answers", async () => {
  const here = await open();
  const scan = await here.door.scan({ qr: await qrOf(BUDI) });
  assert.equal(scan.decision.outcome, "OK");
  assert.equal(scan.offline, false);
  assert.deepEqual(here.door.recent.value, [scan]);
  assert.equal(stateOf(here, 1), "CHECKED_IN");
});

test("a scan counts from when it happened, and not from when the server hears of it", async () => {
  const { door, server, phone } = await open({ phone: new FakePhone(at("07:59:58")) });
  const answer = server.fetch;
  server.fetch = (url, init) => {
    if (init?.method === "POST") phone.clock += 3 * SECOND;
    return answer(url, init);
  };
  const { decision, at: moment } = await door.scan({ code: BUDI });
  assert.equal(decision.outcome, "OK");
  assert.equal(server.posts()[0]?.body.happened_at, moment);
});

test("a phone that does not know how wrong its clock is leaves the time to the server", async () => {
  const here = await atTheDoor({ phone: new FakePhone(at("09:00:00", "2026-11-20")) });
  const { door, server } = here;
  server.now = () => at("07:45:00");
  breakFor(server, "days/");
  await door.start();
  assert.equal((await door.scan({ code: BUDI })).decision.outcome, "OK");
  assert.equal(server.posts()[0]?.body.happened_at, undefined);
});

test("a phone whose clock was set since the last list is not believed, and asked without it", async () => {
  const { door, server, phone } = await open();
  server.now = () => at("07:45:00");
  phone.clock += 60 * MINUTE;
  assert.equal((await door.scan({ code: BUDI })).decision.outcome, "OK");
  assert.deepEqual(
    server.posts().map(({ status }) => status),
    [400, 200],
  );
});

test("what a USB scanner types goes to the server as a QR code", async () => {
  const { door, server } = await open();
  const qr = await qrOf(BUDI);
  assert.equal((await door.scan({ code: qr })).decision.outcome, "OK");
  assert.equal(Object(server.posts()[0]?.body).qr, qr);
});

test("bad, good, same, good", async () => {
  const here = await open();
  for (const shown of ["https://contoh.id/x", await qrOf(BUDI), await qrOf(BUDI), await qrOf(SITI)]) {
    await here.door.scan({ qr: shown });
  }
  assert.deepEqual(outcomes(here), ["OK", "USED", "OK", "UNKNOWN"]);
});

test("two scans of one code at the same time let in once, with a network and in two tabs", async () => {
  const here = await open();
  const there = await open(here);
  const scans = await Promise.all([here, here, there].map(({ door }) => door.scan({ code: BUDI })));
  assert.deepEqual(scans.map(({ decision }) => decision.outcome).sort(), ["OK", "USED", "USED"]);
});

test("an answer is shown although the phone has no space left to keep it", async (t) => {
  const { door, store } = await open();
  await door.scan({ code: SITI });
  const logged = t.mock.method(console, "error", () => undefined);
  store.full = true;
  const scan = await door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.offline], ["OK", false]);
  assert.ok(logged.mock.callCount() > 0);
});

test("a scan that the server refuses to look at while the officer waits is no decision", async () => {
  const { door, server } = await open();
  server.fetch = async () => problem(403, "not_staff");
  const scan = await door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.problem?.code], ["NO_ANSWER", "not_staff"]);
  assert.equal(door.unsent.value, 0);
});

test("a supervisor admits within the grace, with a network and without", async () => {
  const here = await open({ role: "supervisor", phone: new FakePhone(at("08:10:00")) });
  assert.equal((await here.door.scan({ code: BUDI })).decision.outcome, "LATE_GRACE");
  const { decision } = await here.door.admitLate("BGR-TY9S-N7PA");
  assert.deepEqual([decision.outcome, decision.admitted_late], ["OK", true]);
  here.server.connected = false;
  assert.equal((await here.door.admitLate("BGR-D0R1-P6CY")).decision.outcome, "OK");
  assert.equal(here.door.unsent.value, 1);
});

test("an officer does not admit within the grace, with a network or without", async () => {
  const here = await open({ phone: new FakePhone(at("08:05:00")) });
  assert.equal((await here.door.admitLate(BUDI)).decision.outcome, "LATE_GRACE");
  here.server.connected = false;
  assert.equal((await here.door.admitLate(BUDI)).decision.outcome, "LATE_GRACE");
  await reconnect(here);
  assert.equal(here.door.unsent.value, 0);
});

test("each scan is kept with who made it", async () => {
  const here = await open();
  await here.door.scan({ code: BUDI });
  here.server.connected = false;
  await here.door.scan({ code: SITI });
  assert.deepEqual(
    (await here.store.get("scans"))?.map(({ account }) => account),
    ["budi", "budi"],
  );
});

test("a phone keeps its name", async () => {
  const here = await open();
  await here.door.scan({ code: BUDI });
  await (await open({ ...here })).door.scan({ code: SITI });
  const names = here.server.posts().map(({ body }) => body.device);
  assert.equal(names[0], names[1]);
  assert.match(names[0] ?? "", /^[A-Za-z0-9_-]{8,64}$/);
});
