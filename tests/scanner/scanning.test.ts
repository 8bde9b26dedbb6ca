import assert from "node:assert/strict";
import { test } from "node:test";

import type { Scan } from "../../scanner/src/ports.ts";
import { Scanning } from "../../scanner/src/scanning.ts";

/** A door that answers when the test says so. */
class SlowDoor {
  readonly asked: string[] = [];
  readonly #waiting: ((scan: Scan | Error) => void)[] = [];

  now = () => 0;
  admitLate = (code: string) => this.scan({ code });

  scan(what: { qr: string } | { code: string }): Promise<Scan> {
    this.asked.push(Object.values(what)[0] as string);
    return new Promise((resolve, reject) => {
      this.#waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  }

  answer(answer: Scan | Error): void {
    this.#waiting.shift()!(answer);
  }
}

const letIn = (nonce: string): Scan => ({
  nonce,
  at: "2026-11-23T07:40:00+07:00",
  decision: { outcome: "OK" },
  offline: false,
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const door = new SlowDoor();
  const heard: string[] = [];
  const clock = { now: 0 };
  const scanning = new Scanning(
    door,
    ({ nonce }) => heard.push(nonce),
    () => clock.now,
  );
  return { door, heard, clock, scanning };
}

test("what is held before the camera is asked about once, and again when it was away for five seconds", async () => {
  const { door, clock, scanning } = setUp();
  void scanning.see("A");
  await settled();
  for (; clock.now < 3000; clock.now += 100) void scanning.see("A");
  door.answer(letIn("first"));
  await settled();
  for (; clock.now <= 30_000; clock.now += 100) void scanning.see("A");
  clock.now += 4800;
  void scanning.see("A");
  await settled();
  assert.deepEqual(door.asked, ["A"]);
  clock.now += 5000;
  void scanning.see("A");
  await settled();
  assert.deepEqual(door.asked, ["A", "A"]);
});

test("what was not decided on may be held up again at once, when the officer has read that", async () => {
  const { door, scanning } = setUp();
  for (const outcome of ["NO_ANSWER", "OK"] as const) {
    void scanning.see("A");
    await settled();
    door.answer({ ...letIn(outcome), decision: { outcome } });
    await settled();
    void scanning.see("A");
    scanning.dismiss();
  }
  void scanning.see("A");
  await settled();
  assert.deepEqual(door.asked, ["A", "A"]);
});

test("a code seen while another is being checked is asked about after that", async () => {
  const { door, scanning } = setUp();
  void scanning.see("A");
  await settled();
  void scanning.see("B");
  door.answer(letIn("of A"));
  await settled();
  void scanning.see("B");
  await settled();
  assert.deepEqual(door.asked, ["A", "B"]);
});

test("another code within the five seconds is asked about, and does not bring the first one back", async () => {
  const { door, scanning } = setUp();
  for (const qr of ["bad", "good", "bad", "good"]) {
    void scanning.see(qr);
    await settled();
    if (scanning.shown.value === "checking") door.answer(letIn(qr));
    await settled();
  }
  assert.deepEqual(door.asked, ["bad", "good"]);
});

test("the same code typed again is asked about again", async () => {
  const { door, scanning } = setUp();
  for (const nonce of ["first", "second"]) {
    void scanning.type("A");
    await settled();
    door.answer(letIn(nonce));
    await settled();
  }
  assert.deepEqual(door.asked, ["A", "A"]);
});

test("a code typed while another is being checked waits for its turn", async () => {
  const { door, heard, scanning } = setUp();
  void scanning.type("A");
  void scanning.type("B");
  await settled();
  assert.deepEqual(door.asked, ["A"]);
  door.answer(letIn("of A"));
  await settled();
  assert.equal(scanning.shown.value, "checking");
  door.answer(letIn("of B"));
  await settled();
  assert.deepEqual(heard, ["of A", "of B"]);
  assert.deepEqual(scanning.shown.value, letIn("of B"));
});

test("a fault is shown as not recorded, and the next scan works", async (t) => {
  const { door, scanning } = setUp();
  const logged = t.mock.method(console, "error", () => undefined);
  void scanning.type("A");
  await settled();
  door.answer(new Error("no space left on this phone"));
  await settled();
  assert.equal((scanning.shown.value as Scan).decision.outcome, "NO_ANSWER");
  assert.equal(logged.mock.callCount(), 1);
  void scanning.type("B");
  await settled();
  door.answer(letIn("of B"));
  await settled();
  assert.deepEqual(scanning.shown.value, letIn("of B"));
});

test("a decision that cannot be announced is shown, and the next scan works", async (t) => {
  const door = new SlowDoor();
  const logged = t.mock.method(console, "error", () => undefined);
  const scanning = new Scanning(door, () => {
    throw new Error("this phone has no sound");
  });
  for (const nonce of ["of A", "of B"]) {
    const shown = scanning.type(nonce);
    await settled();
    door.answer(letIn(nonce));
    await shown;
    assert.deepEqual(scanning.shown.value, letIn(nonce));
  }
  assert.equal(logged.mock.callCount(), 2);
});

test("a door that fails at once is a fault like another, and the next scan works", async (t) => {
  const { door, scanning } = setUp();
  const logged = t.mock.method(console, "error", () => undefined);
  const { scan } = door;
  door.scan = () => {
    throw new Error("no door");
  };
  await scanning.type("A");
  assert.equal((scanning.shown.value as Scan).decision.outcome, "NO_ANSWER");
  assert.equal(logged.mock.callCount(), 1);
  door.scan = scan;
  void scanning.type("B");
  await settled();
  door.answer(letIn("of B"));
  await settled();
  assert.deepEqual(scanning.shown.value, letIn("of B"));
});

test("who comes next sees nothing of the scans before, and waits for none of them", async () => {
  const { door, heard, scanning } = setUp();
  void scanning.see("A");
  void scanning.type("waiting");
  await settled();
  scanning.reset();
  assert.equal(scanning.shown.value, null);
  void scanning.see("A");
  await settled();
  assert.deepEqual(door.asked, ["A", "A"]);
  door.answer(letIn("before"));
  await settled();
  assert.deepEqual([scanning.shown.value, heard], ["checking", []]);
  door.answer(letIn("after"));
  await settled();
  assert.deepEqual(heard, ["after"]);
  assert.deepEqual(door.asked, ["A", "A"]);
});
