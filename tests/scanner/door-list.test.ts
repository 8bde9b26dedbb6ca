import assert from "node:assert/strict";
import { test } from "node:test";

import { atTheDoor, MINUTE, open, openWithoutNetwork, reconnect, stateOf } from "./door-setup.ts";
import { FakePhone } from "./fake-phone.ts";
import { FakeServer } from "./fake-server.ts";
import { at, BUDI, booking, TODAY } from "./office.ts";
import { until } from "./until.ts";

test("at midnight yesterday's list is none", async () => {
  const here = await openWithoutNetwork();
  here.phone.clock = at("00:00:00", "2026-11-24");
  const scan = here.door.scan({ code: BUDI });
  assert.equal((await scan).decision.outcome, "NO_ANSWER");
});

test("at midnight the page sees by itself that its list is over, and asks for the next", async () => {
  const here = await openWithoutNetwork();
  here.phone.pass(at("00:00:00", "2026-11-24") - here.phone.clock);
  await until(() => here.door.today.value === null);
  await reconnect(here);
  await until(() => here.door.today.value?.date === "2026-11-24");
});

test("an empty day is not the same list as the empty day before", async () => {
  const phone = new FakePhone(at("23:59:00"));
  const here = await open({ phone, server: new FakeServer(() => phone.clock) });
  phone.pass(MINUTE);
  await until(() => here.door.today.value?.date === "2026-11-24");
});

test("the list is asked for again every minute that somebody looks, and only its changes are sent", async () => {
  const { door, server, phone } = await open();
  phone.pass(MINUTE);
  await until(() => server.lists().length === 2);
  await until(() => door.today.value?.listed_at === "2026-11-23T07:46:00.500+07:00");
  phone.inHand = false;
  phone.pass(MINUTE);
  await door.search({ code: "BGR-TY9S" });
  assert.equal(server.lists().length, 2);
  phone.inHand = true;
  Object.assign(server.bookings[0] ?? {}, { state: "CHECKED_IN", checked_in_at: "2026-11-23T07:47:00+07:00" });
  phone.wake();
  await until(() => door.today.value?.bookings[0]?.state === "CHECKED_IN");
  assert.deepEqual(
    server
      .lists()
      .slice(0, 2)
      .map(({ status }) => status),
    [200, 304],
  );
  assert.equal(door.today.value?.bookings[0]?.checked_in_at, "2026-11-23T07:47:00+07:00");
});

test("a list that was made before a check-in does not take it back", async () => {
  const here = await open();
  const { door, server, phone } = here;
  let letGo = () => {};
  server.gate = new Promise((resolve) => (letGo = resolve));
  phone.pass(MINUTE);
  await until(() => server.lists().length === 2);
  await door.scan({ code: BUDI });
  letGo();
  await until(() => door.today.value?.listed_at.startsWith("2026-11-23T07:46") === true);
  assert.equal(stateOf(here, 1), "CHECKED_IN");
  server.connected = false;
  phone.pass(MINUTE);
  await until(() => !door.online.value);
  assert.equal((await door.scan({ code: BUDI })).decision.outcome, "USED");
});

test("a list that was made after a check-in was taken back elsewhere shows that", async () => {
  const here = await open();
  await here.door.scan({ code: BUDI });
  const [booked] = here.server.bookings;
  assert.ok(booked);
  booked.state = "CONFIRMED";
  here.phone.pass(MINUTE);
  await until(() => stateOf(here, 1) === "CONFIRMED");
});

test("the server's clock counts, not the phone's", async () => {
  const phone = new FakePhone(at("09:00:00", "2026-11-20"));
  const server = new FakeServer(() => phone.clock + at("07:45:00") - at("09:00:00", "2026-11-20"));
  server.bookings = [await booking(BUDI)];
  const here = await open({ phone, server });
  await until(() => here.door.today.value?.date === TODAY);
  assert.equal(here.door.now(), at("07:45:00") + 500);

  server.connected = false;
  const reopened = await atTheDoor(here);
  await reopened.door.start();
  const scan = await reopened.door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.at], ["OK", "2026-11-23T07:45:00.500+07:00"]);
});

test("when the network is back the page learns it by itself, or is told by the phone", async () => {
  const here = await openWithoutNetwork();
  await reconnect(here);
  assert.equal(here.door.online.value, true);

  const other = await openWithoutNetwork();
  other.server.connected = true;
  other.phone.wake();
  await until(() => other.door.online.value);
});
