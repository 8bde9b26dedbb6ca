import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../scanner/src/api.ts";
import { OfficeDoor } from "../../scanner/src/door.ts";
import { SessionEnded } from "../../scanner/src/session.ts";
import { atTheDoor, backOnline, MINUTE, open, openWithoutNetwork, reconnect, SECOND } from "./door-setup.ts";
import { FakePhone } from "./fake-phone.ts";
import { AGUS, BUDI, booking, SETTINGS } from "./office.ts";
import { until } from "./until.ts";

test("signing out takes the list and the scans off the phone, but not what has to be sent or seen", async () => {
  const here = await open();
  const { door, server, store } = here;
  await door.scan({ code: AGUS });
  server.connected = false;
  await door.scan({ code: BUDI });
  await door.stop();
  assert.deepEqual([door.today.value, door.recent.value, door.unsent.value], [null, [], 1]);
  assert.equal(await store.get("list"), undefined);
  assert.deepEqual(
    (await store.get("scans"))?.map(({ scan }) => scan.decision.code),
    ["BGR-TY9S-N7PA"],
  );
  await store.update("device", (name) => name); // another tab is still at work
  await door.search({ code: "BGR-TY9S" }); // takes longer than to look into the store
  assert.deepEqual(door.recent.value, []);

  server.connected = true;
  server.cancelled.add((await booking(BUDI)).hash);
  const next = await open({ ...here, phone: new FakePhone(here.phone.clock) });
  await until(() => next.door.differences.value.length === 1);
  await next.door.stop();
  await next.door.start();
  assert.equal(next.door.differences.value.length, 1);
});

test("an answer that comes after the officer has signed out is asked for again by the next", async () => {
  const here = await openWithoutNetwork();
  const { nonce } = await here.door.scan({ code: BUDI });
  const letGo = await backOnline(here);
  await here.door.stop();
  letGo();
  await until(() => here.server.decisions.has(nonce));
  await here.door.search({ code: "BGR-TY9S" }); // goes the same way, behind it
  assert.equal(here.door.unsent.value, 1);
  const next = await open(here);
  await until(() => next.door.unsent.value === 0);
  assert.deepEqual(next.door.differences.value, []);
});

test("a list that comes after the officer has signed out is not kept", async () => {
  const { door, server, phone, store } = await open();
  let letGo = () => {};
  server.gate = new Promise((resolve) => (letGo = resolve));
  server.bookings.pop();
  phone.pass(MINUTE);
  await until(() => server.lists().length === 2);
  await door.stop();
  letGo();
  await door.search({ code: "BGR-TY9S" }); // goes the same way, behind it
  assert.equal(await store.get("list"), undefined);
});

test("nothing of a scan whose answer comes after the officer has signed out is kept or shown", async () => {
  const here = await open();
  const { door, server, store } = here;
  let letGo = () => {};
  server.gate = new Promise((resolve) => (letGo = resolve));
  const scan = door.scan({ code: BUDI });
  await until(() => server.posts().length === 1);
  await door.stop();
  letGo();
  const { nonce } = await scan;
  assert.deepEqual(await store.get("scans"), []);
  assert.deepEqual([door.recent.value, door.today.value], [[], null]);

  const next = await open(here);
  assert.deepEqual(next.door.recent.value, []);
  const again = await next.door.scan({ code: BUDI });
  assert.deepEqual([again.decision.outcome, again.nonce], ["OK", nonce], "nobody saw that the holder was let in");
});

test("a session that ends at the door loses no scan", async () => {
  const here = await open();
  const ended = async (): Promise<string> => {
    void door.stop(); // so does the page, as soon as nobody is signed in
    throw new SessionEnded();
  };
  const api = new Api({ token: ended }, () => assert.fail("nobody may be asked"));
  const door = new OfficeDoor({ api, store: here.store, phone: here.phone, settings: SETTINGS, account: () => null });
  const scan = await door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.offline, door.unsent.value], ["OK", true, 1]);

  const next = await open(here);
  await until(() => next.door.unsent.value === 0);
  assert.equal(here.server.decisions.get(scan.nonce)?.outcome, "OK");
});

test("two tabs of one phone show the same scans and tell each once", async () => {
  const here = await openWithoutNetwork();
  const there = await atTheDoor(here);
  await there.door.start();
  await until(() => !there.door.online.value);
  await here.door.scan({ code: BUDI });
  await until(() => there.door.unsent.value === 1);
  assert.equal((await there.door.scan({ code: BUDI })).decision.outcome, "USED");
  await reconnect(here);
  await until(() => here.door.unsent.value === 0 && there.door.unsent.value === 0);
  assert.equal(here.server.decisions.size, 2);
  assert.deepEqual([here.door.differences.value, there.door.differences.value], [[], []]);
});

test("a difference that was seen in one tab does not come back with the answer to the other", async () => {
  const here = await openWithoutNetwork();
  const there = await atTheDoor(here);
  await there.door.start();
  const { nonce } = await here.door.scan({ code: BUDI });
  here.server.cancelled.add((await booking(BUDI)).hash);
  let letGo = () => {};
  here.server.gate = new Promise((resolve) => (letGo = resolve));
  here.server.connected = true;
  here.phone.pass(10 * SECOND);
  await until(() => there.door.differences.value.length === 1);
  await there.door.seen(nonce);
  const lists = here.server.lists().length;
  letGo();
  await until(() => here.server.lists().length > lists);
  await until(() => here.door.online.value);
  assert.deepEqual([here.door.differences.value, there.door.differences.value], [[], []]);
});
