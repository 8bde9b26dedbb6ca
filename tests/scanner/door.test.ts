import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../scanner/src/api.ts";
import { checkCharacter } from "../../scanner/src/codes.ts";
import { OfficeDoor } from "../../scanner/src/door.ts";
import type { Account, Role } from "../../scanner/src/ports.ts";
import { SessionEnded } from "../../scanner/src/session.ts";
import { FakePhone } from "./fake-phone.ts";
import { FakeServer, problem } from "./fake-server.ts";
import { MemoryStore } from "./memory-store.ts";
import { AGUS, at, BUDI, booking, forgedQrOf, NOT_LISTED, OF_JAKARTA, qrOf, SETTINGS, SITI, TODAY } from "./office.ts";
import { until } from "./until.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const OFFICER: Account = { username: "budi", role: "officer" };
const SUPERVISOR: Account = { username: "siti", role: "supervisor" };

interface Circumstances {
  phone?: FakePhone;
  server?: FakeServer;
  store?: MemoryStore;
  role?: Role;
}

/** Put a phone at the door of an office where Budi, Siti and Agus are expected at eight. It is a quarter to. */
async function atTheDoor(circumstances: Circumstances = {}) {
  const { phone = new FakePhone(at("07:45:00")), store = new MemoryStore(), ...more } = circumstances;
  const server = more.server ?? new FakeServer(() => phone.clock);
  if (!more.server) {
    server.bookings = await Promise.all([BUDI, SITI, AGUS].map((code, index) => booking(code, index + 1)));
  }
  const officer = more.role === "supervisor" ? { ...SUPERVISOR } : { ...OFFICER };
  const api = new Api({ token: async () => "token" }, (...asked) => server.fetch(...asked));
  const door = new OfficeDoor({ api, store, phone, settings: SETTINGS, account: () => officer });
  return { phone, server, store, door, officer };
}

/** As above, and the page is open and has its list. */
async function open(circumstances: Circumstances = {}) {
  const all = await atTheDoor(circumstances);
  await all.door.start();
  await until(() => all.door.today.value !== null && all.server.lists().length > 0);
  return all;
}

/** As above, and then the network goes, which the page has noticed. */
async function openWithoutNetwork(circumstances: Circumstances = {}) {
  const all = await open(circumstances);
  all.server.connected = false;
  all.phone.pass(MINUTE);
  await until(() => !all.door.online.value);
  return all;
}

async function reconnect({ phone, server, door }: Awaited<ReturnType<typeof open>>) {
  server.connected = true;
  phone.pass(10 * SECOND);
  const lists = server.lists().length;
  await until(() => door.online.value && server.lists().length > lists);
}

/** Let the page learn that the network is back by an answer; what it has to tell since then waits to be let go. */
async function backOnline({ server, door, store }: Awaited<ReturnType<typeof open>>): Promise<() => void> {
  const waiting = (await store.get("scans"))?.flatMap(({ unsent }) => unsent?.nonce ?? []) ?? [];
  const answer = server.fetch;
  let letGo = () => {};
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  server.fetch = async (url, init) => {
    if (waiting.some((nonce) => String(init?.body).includes(nonce))) await gone;
    return answer(url, init);
  };
  server.connected = true;
  await door.search({ phone: "0001" });
  assert.equal(door.online.value, true);
  return letGo;
}

/** Answer 500 to whatever says this, and pass on everything else. */
function breakFor(server: FakeServer, text: string): void {
  const answer = server.fetch;
  server.fetch = async (url, init) => {
    const response = await answer(url, init);
    return `${url} ${init?.body}`.includes(text) ? new Response("Internal Server Error", { status: 500 }) : response;
  };
}

const stateOf = ({ door }: { door: OfficeDoor }, number: number) => door.today.value?.bookings[number - 1]?.state;
const outcomes = ({ door }: { door: OfficeDoor }) => door.recent.value.map(({ decision }) => decision.outcome);

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

test("a scan that the server refuses to look at while the officer waits is no decision", async () => {
  const { door, server } = await open();
  server.fetch = async () => problem(403, "not_staff");
  const scan = await door.scan({ code: BUDI });
  assert.deepEqual([scan.decision.outcome, scan.problem?.code], ["NO_ANSWER", "not_staff"]);
  assert.equal(door.unsent.value, 0);
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

test("an undone check-in is one no more, at once and without a network", async () => {
  const here = await open();
  const { door, server } = here;
  const { nonce } = await door.scan({ code: BUDI });
  here.phone.pass(MINUTE);
  await until(() => server.lists().length === 2);
  await door.scan({ code: BUDI });
  const answer = server.fetch;
  server.fetch = (url, init) => (init?.method === "GET" ? Promise.reject(new TypeError()) : answer(url, init));
  assert.equal((await door.undo(nonce, "Salah orang")).kind, "undone");
  await until(() => !door.online.value);
  assert.equal(stateOf(here, 1), "CONFIRMED");
  assert.deepEqual(outcomes(here), ["USED", "UNDONE"]);
});

test("an undo is followed by a list that was asked for after it", async () => {
  const here = await open();
  const { door, server, phone } = here;
  const { nonce } = await door.scan({ code: BUDI });
  let letGo = () => {};
  server.gate = new Promise((resolve) => (letGo = resolve));
  phone.pass(MINUTE);
  await until(() => server.lists().length === 2);
  await door.undo(nonce, "Salah orang");
  letGo();
  await until(() => server.lists().length === 3);
  await until(() => stateOf(here, 1) === "CONFIRMED");
});

test("a check-in of which the server has not heard is told before it is undone", async () => {
  const here = await openWithoutNetwork();
  const { nonce } = await here.door.scan({ code: BUDI });
  assert.deepEqual(await here.door.undo(nonce, "Salah pindai"), { kind: "no_connection" });
  here.server.connected = true;
  assert.equal((await here.door.undo(nonce, "Salah pindai")).kind, "undone");
});

test("a check-in made while the page was telling others is told before it is undone", async () => {
  const { door, server, phone } = await open();
  let letGo = () => {};
  server.gate = new Promise((resolve) => (letGo = resolve));
  phone.pass(MINUTE);
  await until(() => server.lists().length === 2);
  server.connected = false;
  const { nonce, offline } = await door.scan({ code: BUDI });
  assert.equal(offline, true);
  server.connected = true;
  const undo = door.undo(nonce, "Salah pindai");
  letGo();
  assert.equal((await undo).kind, "undone");
});

test("an undo that is refused says why", async () => {
  const { door } = await open();
  const undo = await door.undo("nonce-0009", "Salah pindai");
  assert.ok(undo.kind === "refused");
  assert.equal(undo.problem.code, "scan_unknown");
});

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

test("a phone keeps its name", async () => {
  const here = await open();
  await here.door.scan({ code: BUDI });
  await (await open({ ...here })).door.scan({ code: SITI });
  const names = here.server.posts().map(({ body }) => body.device);
  assert.equal(names[0], names[1]);
  assert.match(names[0] ?? "", /^[A-Za-z0-9_-]{8,64}$/);
});
