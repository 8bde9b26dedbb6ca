import assert from "node:assert/strict";
import { test } from "node:test";

import {
  atTheDoor,
  backOnline,
  breakFor,
  MINUTE,
  OFFICER,
  open,
  openWithoutNetwork,
  outcomes,
  reconnect,
  SECOND,
  SUPERVISOR,
  stateOf,
} from "./door-setup.ts";
import { FakePhone } from "./fake-phone.ts";
import { problem } from "./fake-server.ts";
import { AGUS, at, BUDI, booking, forgedQrOf, NOT_LISTED, OF_JAKARTA, qrOf, SITI } from "./office.ts";
import { until } from "./until.ts";

test("without a network nobody waits for it", async () => {
  const { door, server } = await openWithoutNetwork();
  server.fetch = () => assert.fail("the page knows that nobody answers");
  assert.equal((await door.scan({ code: BUDI })).decision.outcome, "OK");
});

test("without a network a code lets in once", async () => {
  const here = await openWithoutNetwork();
  const first = await here.door.scan({ code: BUDI });
  const again = await here.door.scan({ qr: await qrOf(BUDI) });
  assert.deepEqual([first.decision.outcome, again.decision.outcome], ["OK", "USED"]);
  assert.equal(again.decision.checked_in_at, first.decision.checked_in_at);
  assert.equal(stateOf(here, 1), "CHECKED_IN");
});

test("two scans of one code at the same time let in once", async () => {
  const { door } = await openWithoutNetwork();
  const scans = await Promise.all([door.scan({ code: BUDI }), door.scan({ code: BUDI })]);
  assert.deepEqual(scans.map(({ decision }) => decision.outcome).sort(), ["OK", "USED"]);
});

test("three scans without a network are told in order, and one that the server sees otherwise is shown", async () => {
  const here = await openWithoutNetwork();
  const { door, server, phone } = here;
  const scans = [];
  for (const code of [BUDI, SITI, AGUS]) {
    phone.pass(5 * SECOND);
    scans.push(await door.scan({ code }));
  }
  assert.equal(door.unsent.value, 3);
  server.cancelled.add((await booking(SITI)).hash);
  await reconnect(here);

  assert.equal(door.unsent.value, 0);
  assert.deepEqual(
    server.posts().map(({ body }) => [body.nonce, body.happened_at]),
    scans.map(({ nonce, at }) => [nonce, at]),
  );
  const [difference, ...others] = door.differences.value;
  assert.deepEqual(others, []);
  assert.equal(difference?.nonce, scans[1]?.nonce);
  assert.deepEqual([difference?.decision.outcome, difference?.differs?.outcome], ["OK", "CANCELLED"]);
  assert.deepEqual(
    door.recent.value.map(({ differs }) => differs?.outcome),
    [undefined, "CANCELLED", undefined],
  );
});

test("what happened in time is judged by then, although the server learns it later", async () => {
  const here = await openWithoutNetwork();
  await here.door.scan({ code: BUDI });
  here.phone.pass(60 * MINUTE);
  await reconnect(here);
  assert.deepEqual(here.door.differences.value, []);
  assert.equal(here.door.recent.value[0]?.decision.outcome, "OK");
});

test("a difference stays until it is seen, also when ten newer scans and a reload have passed", async () => {
  const here = await openWithoutNetwork();
  const { nonce } = await here.door.scan({ code: BUDI });
  here.server.cancelled.add((await booking(BUDI)).hash);
  await reconnect(here);
  for (let scans = 0; scans < 10; scans++) await here.door.scan({ code: "halo" });
  assert.equal(
    here.door.recent.value.some((scan) => scan.nonce === nonce),
    false,
  );

  const { door } = await open(here);
  assert.deepEqual(
    door.differences.value.map((scan) => scan.nonce),
    [nonce],
  );
  await door.seen(nonce);
  assert.deepEqual(door.differences.value, []);
});

test("a scan that the server refuses to look at is shown, and holds up nobody behind it", async () => {
  const here = await openWithoutNetwork();
  const { door, server } = here;
  const { nonce } = await door.scan({ code: BUDI });
  await door.scan({ code: SITI });
  const answer = server.fetch;
  server.fetch = (url, init) =>
    String(init?.body).includes(nonce) ? Promise.resolve(problem(400, "happened_at_invalid")) : answer(url, init);
  await reconnect(here);
  assert.equal(door.unsent.value, 0);
  const [difference] = door.differences.value;
  assert.deepEqual([difference?.nonce, difference?.differs?.outcome], [nonce, "NO_ANSWER"]);
  assert.equal(difference?.problem?.code, "happened_at_invalid");
  assert.equal(stateOf(here, 2), "CHECKED_IN");
});

test("a scan on which the server breaks holds up neither the others nor the list, and is told later", async () => {
  const here = await openWithoutNetwork();
  const { door, server, phone } = here;
  const { nonce } = await door.scan({ code: BUDI });
  await door.scan({ code: SITI });
  await door.scan({ code: BUDI });
  const answer = server.fetch;
  breakFor(server, nonce);
  await reconnect(here);
  assert.equal(stateOf(here, 2), "CHECKED_IN");
  assert.deepEqual([door.online.value, door.unsent.value], [true, 2], "the second scan of the code waits behind it");
  const { length: posts } = server.posts();
  const { length: lists } = server.lists();
  phone.pass(10 * SECOND);
  await door.search({ phone: "0001" });
  assert.deepEqual([server.posts().length, server.lists().length], [posts, lists]);

  server.fetch = answer;
  phone.pass(MINUTE);
  await until(() => door.unsent.value === 0);
  assert.deepEqual(door.differences.value, []);
});

test("a page that dies before it could send sends when it is opened again", async () => {
  const before = await openWithoutNetwork();
  const { nonce } = await before.door.scan({ code: BUDI });
  before.server.connected = true;

  const after = await open({ ...before, phone: new FakePhone(before.phone.clock) });
  await until(() => after.door.unsent.value === 0);
  assert.deepEqual(
    after.server.posts().map(({ body }) => body.nonce),
    [nonce],
  );
  assert.equal(after.door.recent.value[0]?.nonce, nonce);
});

test("a page opened without a network decides by the list of before", async () => {
  const before = await open();
  before.server.connected = false;
  const { door } = await atTheDoor(before);
  await door.start();
  assert.equal(door.today.value?.bookings.length, 3);
  assert.equal((await door.scan({ code: BUDI })).decision.outcome, "OK");
});

test("what the QR code itself says is told without a network", async () => {
  const here = await openWithoutNetwork();
  for (const qr of [await forgedQrOf(BUDI), await qrOf(OF_JAKARTA), await qrOf(NOT_LISTED, "2026-11-24")]) {
    await here.door.scan({ qr });
  }
  assert.deepEqual(outcomes(here), ["WRONG_DAY", "WRONG_OFFICE", "FORGED"]);
  assert.equal(here.door.unsent.value, 3);
});

test("who is not on the list is not decided on, and not told to the server", async () => {
  const { door } = await openWithoutNetwork();
  assert.equal((await door.scan({ qr: await qrOf(NOT_LISTED) })).decision.outcome, "NOT_LISTED");
  assert.equal(door.unsent.value, 0);
});

test("a phone that never had a list says that it has no answer", async () => {
  const { door, server } = await atTheDoor();
  server.connected = false;
  await door.start();
  assert.equal((await door.scan({ code: BUDI })).decision.outcome, "NO_ANSWER");
  assert.equal(door.unsent.value, 0);
});

test("a code whose check-in waits to be told is used, whatever the server would say", async () => {
  const here = await openWithoutNetwork();
  const { door, server } = here;
  const { nonce } = await door.scan({ code: BUDI });
  await door.scan({ code: "halo" });
  const letGo = await backOnline(here);
  assert.equal((await door.scan({ code: BUDI })).decision.outcome, "USED");
  assert.equal((await door.scan({ code: "halo" })).offline, false, "nobody is let in by it");
  letGo();
  await until(() => door.unsent.value === 1);
  here.phone.pass(10 * SECOND);
  await until(() => door.unsent.value === 0);
  assert.equal(server.decisions.get(nonce)?.outcome, "OK");
  assert.deepEqual(door.differences.value, []);
});

test("what a supervisor admitted waits for that supervisor, and holds up only the same code behind it", async () => {
  const here = await openWithoutNetwork({ role: "supervisor", phone: new FakePhone(at("08:05:00")) });
  const { door, server, phone, officer } = here;
  await door.admitLate(BUDI);
  await door.scan({ code: "halo" });
  await door.scan({ code: BUDI });
  Object.assign(officer, OFFICER);
  await reconnect(here);
  assert.equal(door.unsent.value, 2);
  assert.equal(stateOf(here, 1), "CHECKED_IN");
  const { length: lists } = server.lists();
  phone.pass(10 * SECOND);
  await door.search({ phone: "0001" });
  assert.equal(server.lists().length, lists, "the list is no newer for it");

  officer.username = "agus";
  officer.role = "supervisor";
  phone.pass(MINUTE);
  await until(() => server.lists().length > lists);
  assert.equal(door.unsent.value, 2);
  Object.assign(officer, SUPERVISOR);
  phone.pass(10 * SECOND);
  await until(() => door.unsent.value === 0);
  assert.deepEqual(
    server.posts().map(({ body }) => body.grace),
    [undefined, true, undefined],
  );
  assert.deepEqual(door.differences.value, []);
});
