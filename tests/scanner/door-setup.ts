// A phone at the door of a made-up office, with a network, without, and with one that comes back.

import assert from "node:assert/strict";
import { Api } from "../../scanner/src/api.ts";
import { OfficeDoor } from "../../scanner/src/door.ts";
import type { Account, Role } from "../../scanner/src/ports.ts";
import { FakePhone } from "./fake-phone.ts";
import { FakeServer } from "./fake-server.ts";
import { MemoryStore } from "./memory-store.ts";
import { AGUS, at, BUDI, booking, SETTINGS, SITI } from "./office.ts";
import { until } from "./until.ts";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export const OFFICER: Account = { username: "budi", role: "officer" };
export const SUPERVISOR: Account = { username: "siti", role: "supervisor" };

interface Circumstances {
  phone?: FakePhone;
  server?: FakeServer;
  store?: MemoryStore;
  role?: Role;
}

/** Put a phone at the door of an office where Budi, Siti and Agus are expected at eight. It is a quarter to. */
export async function atTheDoor(circumstances: Circumstances = {}) {
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
export async function open(circumstances: Circumstances = {}) {
  const all = await atTheDoor(circumstances);
  await all.door.start();
  await until(() => all.door.today.value !== null && all.server.lists().length > 0);
  return all;
}

/** As above, and then the network goes, which the page has noticed. */
export async function openWithoutNetwork(circumstances: Circumstances = {}) {
  const all = await open(circumstances);
  all.server.connected = false;
  all.phone.pass(MINUTE);
  await until(() => !all.door.online.value);
  return all;
}

export async function reconnect({ phone, server, door }: Awaited<ReturnType<typeof open>>) {
  server.connected = true;
  phone.pass(10 * SECOND);
  const lists = server.lists().length;
  await until(() => door.online.value && server.lists().length > lists);
}

/** Let the page learn that the network is back by an answer; what it has to tell since then waits to be let go. */
export async function backOnline({ server, door, store }: Awaited<ReturnType<typeof open>>): Promise<() => void> {
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
export function breakFor(server: FakeServer, text: string): void {
  const answer = server.fetch;
  server.fetch = async (url, init) => {
    const response = await answer(url, init);
    return `${url} ${init?.body}`.includes(text) ? new Response("Internal Server Error", { status: 500 }) : response;
  };
}

export const stateOf = ({ door }: { door: OfficeDoor }, number: number) =>
  door.today.value?.bookings[number - 1]?.state;
export const outcomes = ({ door }: { door: OfficeDoor }) => door.recent.value.map(({ decision }) => decision.outcome);
