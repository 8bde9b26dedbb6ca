import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../scanner/src/api.ts";
import { Connection } from "../../scanner/src/connection.ts";
import { LocalRecords } from "../../scanner/src/local-records.ts";
import type { Account } from "../../scanner/src/ports.ts";
import { ServerClock } from "../../scanner/src/server-clock.ts";
import type { StoredScan } from "../../scanner/src/store.ts";
import { Sync } from "../../scanner/src/sync.ts";
import { FakePhone } from "./fake-phone.ts";
import { FakeServer } from "./fake-server.ts";
import { MemoryStore } from "./memory-store.ts";
import { at, BUDI, booking, SITI } from "./office.ts";
import { until } from "./until.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Begin the background work of a phone that has no scans yet, at an office where Budi and Siti are expected. */
async function signedIn() {
  const phone = new FakePhone(at("07:45:00"));
  const server = new FakeServer(() => phone.clock);
  server.bookings = await Promise.all([BUDI, SITI].map((code, index) => booking(code, index + 1)));
  const account: Account = { username: "budi", role: "officer" };
  const clock = new ServerClock(phone, "Asia/Jakarta");
  const records = new LocalRecords(new MemoryStore(), clock);
  const connection = new Connection(() => void sync.run());
  const api = new Api({ token: async () => "token" }, (...request) => server.fetch(...request));
  const sync = new Sync({ api, connection, records, clock, phone, account: () => account });
  records.open();
  sync.start();
  return { phone, server, account, clock, records, connection, sync };
}

/** Return a scan of this code that was decided on without a network. */
async function unsentScan(code: string, nonce: string, more: { grace?: true; account?: string } = {}) {
  const { account = "budi", ...grace } = more;
  const moment = "2026-11-23T07:40:00+07:00";
  const { hash } = await booking(code);
  const scan = { nonce, at: moment, offline: true, decision: { outcome: "OK", checked_in_at: moment } } as const;
  const unsent = { code, nonce, device: "device-0001", happened_at: moment, ...grace };
  return { scan, hash, account, newer: true, unsent } satisfies StoredScan;
}

test("what the server has not heard of goes before the list is asked for, in order", async () => {
  const { records, server, sync } = await signedIn();
  const scans = [await unsentScan(SITI, "nonce-0001"), await unsentScan(BUDI, "nonce-0002")];
  await records.changeScans(() => scans);
  await sync.run();
  assert.deepEqual(
    server.asked.map(({ path, body }) => body.nonce ?? path),
    ["nonce-0001", "nonce-0002", "days/2026-11-23"],
  );
  assert.equal(records.unsent.value, 0);
  assert.deepEqual(
    records.today.value?.bookings.map(({ state }) => state),
    ["CHECKED_IN", "CHECKED_IN"],
  );
});

test("where nobody answers the list is not asked for, and everything is kept", async () => {
  const { records, server, sync, connection } = await signedIn();
  const scan = await unsentScan(BUDI, "nonce-0001");
  await records.changeScans(() => [scan]);
  server.losing = 1;
  await sync.run();
  assert.deepEqual([server.lists(), records.unsent.value, connection.online.value], [[], 1, false]);
});

test("who asks while it is under way waits for that, and who needs a newer list gets one", async () => {
  const { server, sync } = await signedIn();
  await Promise.all([sync.run(), sync.run()]);
  assert.equal(server.lists().length, 1);
  await Promise.all([sync.run(), sync.runAgain()]);
  assert.equal(server.lists().length, 3);
});

test("it probes every ten seconds while nobody answers, and otherwise refreshes every minute that somebody looks", async () => {
  const { phone, server, connection } = await signedIn();
  phone.pass(10 * SECOND);
  await new Promise(setImmediate);
  assert.deepEqual(server.asked, [], "there is nothing to do");
  phone.pass(50 * SECOND);
  await until(() => server.lists().length === 1);
  phone.inHand = false;
  phone.pass(MINUTE);
  await new Promise(setImmediate);
  assert.equal(server.lists().length, 1);

  connection.online.value = false;
  phone.pass(10 * SECOND);
  await until(() => server.lists().length === 2 && connection.online.value);
});

test("a scan that came without a network is sent with the next probe", async () => {
  const { phone, server, records } = await signedIn();
  const scan = await unsentScan(BUDI, "nonce-0001");
  await records.changeScans(() => [scan]);
  phone.pass(10 * SECOND);
  await until(() => server.posts().length === 1);
});

test("what another supervisor admitted waits for them", async () => {
  const { records, server, sync, account } = await signedIn();
  const scan = await unsentScan(BUDI, "nonce-0001", { grace: true, account: "siti" });
  await records.changeScans(() => [scan]);
  await sync.run();
  assert.deepEqual([server.posts(), records.unsent.value], [[], 1]);
  Object.assign(account, { username: "siti", role: "supervisor" });
  await sync.run();
  assert.deepEqual([server.posts().length, records.unsent.value], [1, 0]);
});

test("the list sets the clock, and is asked for again where that changes the day", async () => {
  const { phone, server, clock, sync, records } = await signedIn();
  phone.clock = at("09:00:00", "2026-11-20");
  server.now = () => at("07:45:00");
  await sync.run();
  assert.equal(clock.now(), at("07:45:00") + 500);
  assert.deepEqual(
    server.lists().map(({ path }) => path),
    ["days/2026-11-20", "days/2026-11-23"],
  );
  assert.equal(records.today.value?.date, "2026-11-23");
});

test("after the sign-out no timer runs, and what comes in is not kept", async () => {
  const { phone, server, sync, records } = await signedIn();
  let letGo = () => {};
  server.gate = new Promise((resolve) => (letGo = resolve));
  const running = sync.run();
  await until(() => server.lists().length === 1);
  sync.stop();
  letGo();
  await running;
  assert.equal(await records.list(), undefined);
  phone.pass(MINUTE);
  phone.wake();
  await new Promise(setImmediate);
  assert.equal(server.lists().length, 1);
});
