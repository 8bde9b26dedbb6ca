import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection } from "../../scanner/src/connection.ts";

/** Ask for answers of these kinds, one after another; tells whether each left the page online, and the returns. */
async function learn(...kinds: string[]) {
  let returns = 0;
  const connection = new Connection(() => (returns += 1));
  const states: boolean[] = [];
  for (const kind of kinds) {
    await connection.ask(async () => ({ kind }));
    states.push(connection.online.value);
  }
  return { states, returns };
}

test("the page is offline from the first request that nobody answers until somebody answers", async () => {
  const { states, returns } = await learn("answer", "none", "none", "answer", "answer");
  assert.deepEqual(states, [true, false, false, true, true]);
  assert.equal(returns, 1);
});

test("a refusal and an unchanged list are answers too", async () => {
  for (const kind of ["problem", "unchanged", "list"]) {
    assert.deepEqual(await learn("none", kind), { states: [false, true], returns: 1 });
  }
});

test("a server that breaks on one request says nothing about the others", async () => {
  assert.deepEqual(await learn("fault"), { states: [true], returns: 0 });
  assert.deepEqual(await learn("none", "fault"), { states: [false, false], returns: 0 });
});

test("the answer is passed on", async () => {
  const answer = { kind: "answer", value: 1 };
  assert.equal(await new Connection(() => assert.fail("was never away")).ask(async () => answer), answer);
});
