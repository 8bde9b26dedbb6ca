import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../scanner/src/api.ts";
import { NoConnection, SessionEnded } from "../../scanner/src/session.ts";
import { problem } from "./fake-server.ts";

const SCAN = { code: "BGRTY9SN7PA", nonce: "nonce-0001", device: "device-1" };
const session = { token: async (refused?: string) => (refused === undefined ? "first" : "second") };

/** Answer with these, one after another, and remember what was asked. */
function answering(...responses: (Response | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const through: typeof fetch = async (url, init = {}) => {
    asked.push({ url: String(url), init });
    const response = responses.shift();
    if (response === undefined || response instanceof Error) throw response;
    return response;
  };
  return { asked, api: new Api(session, through) };
}

const html = (status: number) =>
  new Response("<h1>Selamat datang di WiFi</h1>", { status, headers: { "Content-Type": "text/html" } });

test("a decision is an answer", async () => {
  const { api, asked } = answering(Response.json({ outcome: "OK" }));
  assert.deepEqual(await api.checkIn(SCAN), { kind: "answer", value: { outcome: "OK" } });
  assert.equal(asked[0]?.url, "checkins");
  assert.equal(asked[0]?.init.redirect, "error", "a hotspot's redirect to its sign-in page is not to be followed");
  assert.equal(new Headers(asked[0]?.init.headers).get("Authorization"), "Bearer first");
  assert.deepEqual(JSON.parse(String(asked[0]?.init.body)), SCAN);
});

test("a problem is told as it is", async () => {
  const { api } = answering(problem(409, "undo_too_late"));
  const answer = await api.undo("nonce-0001", "Salah orang", "device-1");
  assert.ok(answer.kind === "problem");
  assert.equal(answer.problem.code, "undo_too_late");
});

for (const [what, response] of [
  ["no network", new TypeError("Failed to fetch")],
  ["a timeout", new DOMException("signal timed out", "TimeoutError")],
  ["a busy server", problem(429, "busy")],
  ["a hotspot that answers for everybody", html(200)],
  ["JSON of somebody else", Response.json({ hello: "world" })],
  ["null", Response.json(null)],
  ["half an answer", new Response('{"outcome": "O', { headers: { "Content-Type": "application/json" } })],
] as const) {
  test(`${what} is no answer`, async () => {
    assert.deepEqual(await answering(response).api.checkIn(SCAN), { kind: "none" });
  });
}

for (const [what, response] of [
  ["a broken server", problem(500, "broken")],
  ["a gateway without a function", Response.json({ message: "Service Unavailable" }, { status: 503 })],
  ["a refusal that nobody can read", html(403)],
] as const) {
  test(`${what} is a fault of this request`, async () => {
    assert.deepEqual(await answering(response).api.checkIn(SCAN), { kind: "fault" });
  });
}

test("a request that nobody answers is given up", async () => {
  const never: typeof fetch = (_url, init) =>
    new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
  assert.deepEqual(await new Api(session, never, 1).checkIn(SCAN), { kind: "none" });
});

test("a session without a network, or one that has ended, gets no answer", async () => {
  for (const error of [new NoConnection(), new SessionEnded()]) {
    const api = new Api({ token: () => Promise.reject(error) }, () => assert.fail("nobody may be asked"));
    assert.deepEqual(await api.checkIn(SCAN), { kind: "none" });
  }
});

test("a token that is refused is renewed once, and the same is asked again", async () => {
  const refusal = () => Response.json({ message: "Unauthorized" }, { status: 401 });
  const { api, asked } = answering(refusal(), Response.json({ outcome: "OK" }));
  assert.equal((await api.checkIn(SCAN)).kind, "answer");
  assert.equal(new Headers(asked[1]?.init.headers).get("Authorization"), "Bearer second");
  assert.equal(asked[0]?.init.body, asked[1]?.init.body);

  const stubborn = answering(refusal(), refusal());
  assert.deepEqual(await stubborn.api.checkIn(SCAN), { kind: "none" });
  assert.equal(stubborn.asked.length, 2);
});

test("a list comes with its mark, and the mark asks whether it has changed", async () => {
  const list = { office: "Bogor", date: "2026-11-23", now: "2026-11-23T07:45:00+07:00", bookings: [] };
  const now = "2026-11-23T07:45:30+07:00";
  const { api, asked } = answering(
    Response.json(list, { headers: { ETag: '"1"', "Antrian-Now": now } }),
    new Response(null, { status: 304, headers: { "Antrian-Now": now } }),
    Response.json(list, { headers: { ETag: '"1"' } }),
  );
  assert.deepEqual(await api.day("2026-11-23", undefined), { kind: "list", list, etag: '"1"', now });
  assert.deepEqual(await api.day("2026-11-23", '"1"'), { kind: "unchanged", now });
  assert.deepEqual(await api.day("2026-11-23", '"1"'), { kind: "list", list, etag: '"1"', now: list.now });
  assert.deepEqual(
    asked.map(({ init }) => new Headers(init.headers).get("If-None-Match")),
    [null, '"1"', '"1"'],
  );
});

test("a search asks for what was typed, whatever it is", async () => {
  const { api, asked } = answering(Response.json({ bookings: [] }));
  await api.search("2026-11-23", { code: "BGR &phone=1" });
  assert.equal(asked[0]?.url, "days/2026-11-23/search?code=BGR+%26phone%3D1");
});
