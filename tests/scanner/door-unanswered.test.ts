import assert from "node:assert/strict";
import { test } from "node:test";

import { checkCharacter } from "../../scanner/src/codes.ts";
import { atTheDoor, breakFor, MINUTE, open, outcomes, reconnect } from "./door-setup.ts";
import { FakePhone } from "./fake-phone.ts";
import { at, BUDI, booking, NOT_LISTED, qrOf } from "./office.ts";
import { until } from "./until.ts";

test("a scan without an answer is asked again with its nonce before anything is decided", async () => {
  const { door, server } = await open();
  server.losing = 1;
  const { decision, offline } = await door.scan({ code: BUDI });
  assert.deepEqual([decision.outcome, offline], ["OK", false]);
  const [first, second] = server.posts();
  assert.deepEqual(first?.body, second?.body);
  assert.equal(server.decisions.size, 1);
});

test("a scan without an answer twice is decided by the list, and is the same scan when it is told", async () => {
  const here = await open();
  here.server.losing = 2;
  const scan = await here.door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.offline], ["OK", true]);
  assert.deepEqual([here.door.online.value, here.door.unsent.value], [false, 1]);
  await reconnect(here);
  assert.equal(here.door.unsent.value, 0);
  assert.deepEqual(here.door.differences.value, []);
  assert.equal(here.server.decisions.size, 1);
  assert.equal(here.door.recent.value[0]?.offline, false);
});

test("a check-in that is told is done with: the next scan of the code is another one", async () => {
  const here = await open();
  here.server.losing = 2;
  const { nonce } = await here.door.scan({ code: BUDI });
  await reconnect(here);
  const again = await here.door.scan({ code: BUDI });
  assert.equal(again.decision.outcome, "USED");
  assert.notEqual(again.nonce, nonce);
});

test("a scan whose answer got lost and that stayed grey is the same scan when its code comes again", async () => {
  const here = await open();
  const { door, server } = here;
  server.bookings.push(await booking(NOT_LISTED, 4));
  server.losing = 2;
  const grey = await door.scan({ code: NOT_LISTED });
  assert.equal(grey.decision.outcome, "NOT_LISTED");
  await reconnect(here);
  const scan = await door.scan({ qr: await qrOf(NOT_LISTED) });
  assert.deepEqual([scan.decision.outcome, scan.nonce], ["OK", grey.nonce]);
  assert.deepEqual(outcomes(here), ["OK"]);
  assert.equal((await door.scan({ code: NOT_LISTED })).decision.outcome, "USED");
});

test("a grey scan without a list keeps its nonce too, and over the end of a session", async () => {
  const here = await atTheDoor();
  const { door, server } = here;
  breakFor(server, "days/");
  await door.start();
  await until(() => server.lists().length === 1);
  server.losing = 2;
  const grey = await door.scan({ code: BUDI });
  assert.equal(grey.decision.outcome, "NO_ANSWER");
  await door.stop();
  const next = await atTheDoor(here);
  await next.door.start();
  const scan = await next.door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.nonce], ["OK", grey.nonce]);
});

test("a grey scan keeps its nonce although the server refuses the time of the next one", async () => {
  const here = await open();
  const { door, server, phone } = here;
  server.bookings.push(await booking(NOT_LISTED, 4));
  server.losing = 2;
  const grey = await door.scan({ code: NOT_LISTED });
  await reconnect(here);
  server.now = () => at("07:46:00");
  phone.clock += 60 * MINUTE;
  const scan = await door.scan({ code: NOT_LISTED });
  assert.deepEqual([scan.decision.outcome, scan.nonce], ["OK", grey.nonce]);
  assert.equal(server.posts().at(-2)?.status, 400);
});

test("a page that dies before the answer comes asks again under the same nonce", async () => {
  const before = await open();
  const { server } = before;
  let letGo = () => {};
  server.gate = new Promise((resolve) => (letGo = resolve));
  const dying = before.door.scan({ code: BUDI });
  await until(() => server.posts().length === 1);
  const store = before.store.copy();
  server.connected = false;
  letGo();
  await dying; // what it still did is not on the disk
  server.connected = true;

  const after = await open({ ...before, store });
  assert.deepEqual(after.door.recent.value, []);
  const scan = await after.door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.nonce], ["OK", server.posts()[0]?.body.nonce]);
});

test("a lost answer that was a no is not the answer to who comes again", async () => {
  const here = await open({ phone: new FakePhone(at("07:25:00")) });
  const { door, server, phone } = here;
  server.bookings.push(await booking(NOT_LISTED, 4));
  server.losing = 2;
  const { nonce } = await door.scan({ code: NOT_LISTED });
  assert.equal(server.decisions.get(nonce)?.outcome, "EARLY");
  phone.pass(10 * MINUTE);
  await until(() => door.online.value);
  assert.equal((await door.scan({ code: NOT_LISTED })).decision.outcome, "OK");
});

test("what got no answer is forgotten with the day, and beyond fifty", async () => {
  const here = await open();
  const { door, server, phone, store } = here;
  breakFor(server, "checkins");
  const first = await door.scan({ code: NOT_LISTED });
  assert.equal((await door.scan({ code: NOT_LISTED })).nonce, first.nonce);
  assert.deepEqual(outcomes(here), ["NOT_LISTED"], "it is one scan");
  for (let number = 0; number < 55; number++) {
    const payload = `BGR00000${String(number).padStart(2, "0")}`;
    const check = checkCharacter(payload);
    if (/[0-9A-Z]/.test(check) && !/[ILOU]/.test(check)) await door.scan({ code: payload + check });
  }
  const nonces = async () => (await store.get("questions"))?.map(({ nonce }) => nonce) ?? [];
  assert.equal((await nonces()).length, 50);
  assert.equal((await nonces()).includes(first.nonce), false);

  const { nonce } = await door.scan({ code: NOT_LISTED });
  phone.pass(24 * 60 * MINUTE);
  const nextDay = await door.scan({ code: NOT_LISTED });
  assert.notEqual(nextDay.nonce, nonce);
  assert.deepEqual(await nonces(), [nextDay.nonce]);
});
