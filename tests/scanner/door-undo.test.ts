import assert from "node:assert/strict";
import { test } from "node:test";

import { MINUTE, open, openWithoutNetwork, outcomes, stateOf } from "./door-setup.ts";
import { BUDI } from "./office.ts";
import { until } from "./until.ts";

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
