import assert from "node:assert/strict";
import { test } from "node:test";

import { effect } from "@preact/signals";

import { CognitoSession, NoConnection, SessionEnded } from "../../scanner/src/session.ts";
import { Browser, FakeCognito, refusal } from "./fake-cognito.ts";
import { at, SETTINGS } from "./office.ts";
import { until } from "./until.ts";

const MINUTE = 60_000;
const PASSWORD = "Rahasia-sekali-1";

/** A pool with staff, a clock, and a browser in which pages can be opened. */
function office() {
  const clock = { now: at("07:45:00") };
  const cognito = new FakeCognito();
  cognito.add("budi", PASSWORD, ["officer"]);
  cognito.add("siti", PASSWORD, ["officer", "supervisor"]);
  cognito.add("agus", PASSWORD, []);
  cognito.add("baru", "Sementara-1234", ["officer"], true);
  const browser = new Browser();
  const open = () => new CognitoSession(SETTINGS, { ...browser.tab(), fetch: cognito.fetch, now: () => clock.now });
  return { clock, cognito, open };
}

test("an officer signs in, and a supervisor is one even where she is an officer too", async () => {
  const { open } = office();
  const session = open();
  assert.deepEqual(await session.signIn(" budi ", PASSWORD), {
    kind: "signed_in",
    account: { username: "budi", role: "officer" },
  });
  await session.signIn("siti", PASSWORD);
  assert.deepEqual(session.account.value, { username: "siti", role: "supervisor" });
});

for (const [what, response, reason] of [
  ["a wrong password", () => refusal("NotAuthorizedException", "Incorrect username or password."), "wrong"],
  ["nobody of that name", () => refusal("UserNotFoundException", "User does not exist."), "wrong"],
  ["a lockout", () => refusal("NotAuthorizedException", "Password attempts exceeded"), "too_often"],
  ["a throttled pool", () => refusal("TooManyRequestsException", "Too many requests"), "too_often"],
  [
    "a temporary password of last week",
    () => refusal("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."),
    "expired_password",
  ],
  ["a broken pool", () => Response.json({ __type: "InternalErrorException" }, { status: 500 }), "no_connection"],
  [
    "a question that the page cannot put",
    () => Response.json({ ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "session" }),
    "unknown_challenge",
  ],
  ["a hotspot", () => new Response("<h1>Selamat datang</h1>"), "no_connection"],
  ["a hotspot that speaks JSON", () => Response.json({}), "no_connection"],
] as const) {
  test(`${what} is told as ${reason}`, async () => {
    const { cognito, open } = office();
    cognito.instead = response;
    const session = open();
    assert.deepEqual(await session.signIn("budi", PASSWORD), { kind: "refused", reason });
    assert.equal(session.account.value, null);
  });
}

test("without a network nobody can sign in, and is told so", async () => {
  const { cognito, open } = office();
  cognito.connected = false;
  assert.deepEqual(await open().signIn("budi", PASSWORD), { kind: "refused", reason: "no_connection" });
});

test("the first sign-in asks for a new password, until one is good", async () => {
  const { open } = office();
  const session = open();
  assert.deepEqual(await session.signIn("baru", "Sementara-1234"), { kind: "new_password_needed" });
  assert.equal(session.account.value, null);
  assert.deepEqual(await session.newPassword("pendek"), { kind: "refused", reason: "weak_password" });
  assert.equal((await session.newPassword(PASSWORD)).kind, "signed_in");
  assert.equal((await open().signIn("baru", PASSWORD)).kind, "signed_in");
  await assert.rejects(session.newPassword(PASSWORD), "the first password is forgotten");
});

test("an account in no group of the staff gets no session, and its tokens are revoked", async () => {
  const { cognito, open } = office();
  const session = open();
  assert.deepEqual(await session.signIn("agus", PASSWORD), { kind: "refused", reason: "not_staff" });
  assert.equal(session.account.value, null);
  assert.equal(cognito.revoked.length, 1);
  await assert.rejects(session.token(), SessionEnded);
});

test("a session survives a reload, also without a network and long after its access token", async () => {
  const { clock, cognito, open } = office();
  await open().signIn("budi", PASSWORD);
  clock.now += 60 * MINUTE;
  cognito.connected = false;
  const session = open();
  await session.restore();
  assert.equal(session.account.value?.username, "budi");
  await assert.rejects(session.token(), NoConnection);
  assert.equal(session.account.value?.username, "budi");
  cognito.connected = true;
  assert.ok(await session.token());
});

test("a token is given out as long as it is good, and renewed before it ends", async () => {
  const { clock, cognito, open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  const first = await session.token();
  clock.now += 13 * MINUTE;
  assert.equal(await session.token(), first);
  clock.now += MINUTE;
  assert.notEqual(await session.token(), first);
  assert.deepEqual(cognito.asked, ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"]);
});

test("a token that cannot be renewed in time is good to its last second", async () => {
  const { clock, cognito, open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  const first = await session.token();
  cognito.connected = false;
  clock.now += 15 * MINUTE - 1000;
  assert.equal(await session.token(), first);
  clock.now += 1000;
  await assert.rejects(session.token(), NoConnection);
});

test("all who ask at the same time wait for one attempt to renew, also where nobody answers", async () => {
  const { clock, cognito, open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  clock.now += 20 * MINUTE;
  cognito.instead = () => Response.json({}, { status: 503 });
  await Promise.all([1, 2, 3].map(() => assert.rejects(session.token(), NoConnection)));
  assert.deepEqual(cognito.asked, ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"]);
});

test("all who ask at the same time, in all tabs, share one renewal", async () => {
  const { clock, cognito, open } = office();
  const here = open();
  const there = open();
  await here.signIn("budi", PASSWORD);
  assert.equal(there.account.value?.username, "budi");
  clock.now += 14 * MINUTE;
  const tokens = await Promise.all([here.token(), here.token(), there.token(), there.token()]);
  assert.equal(new Set(tokens).size, 1);
  assert.deepEqual(cognito.asked, ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"]);
});

test("a renewal is no other account, unless its role has changed", async () => {
  const { clock, cognito, open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  const roles: (string | undefined)[] = [];
  effect(() => void roles.push(session.account.value?.role));
  clock.now += 14 * MINUTE;
  await session.token();
  cognito.add("budi", PASSWORD, ["supervisor"]);
  clock.now += 14 * MINUTE;
  await session.token();
  assert.deepEqual(roles, ["officer", "supervisor"]);
});

test("a token that the API refuses is renewed although it looks good", async () => {
  const { open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  const first = await session.token();
  const second = await session.token(first);
  assert.notEqual(second, first);
  assert.equal(await session.token(first), second);
});

test("a session that cannot be renewed has ended, in every tab", async () => {
  const { clock, cognito, open } = office();
  const [here, there] = [open(), open()];
  await here.signIn("budi", PASSWORD);
  cognito.users.delete("budi");
  clock.now += 14 * MINUTE;
  await assert.rejects(here.token(), SessionEnded);
  assert.equal(here.account.value, null);
  assert.equal(there.account.value, null);
});

test("who is taken out of the staff is out with the next renewal", async () => {
  const { clock, cognito, open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  cognito.add("budi", PASSWORD, []);
  clock.now += 14 * MINUTE;
  await assert.rejects(session.token(), SessionEnded);
  assert.equal(session.account.value, null);
});

test("a busy pool ends no session", async () => {
  const { clock, cognito, open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  clock.now += 20 * MINUTE;
  cognito.instead = () => refusal("TooManyRequestsException", "Too many requests");
  await assert.rejects(session.token(), NoConnection);
  assert.equal(session.account.value?.username, "budi");
  cognito.instead = () => Response.json({});
  await assert.rejects(session.token(), NoConnection);
  cognito.instead = null;
  assert.ok(await session.token());
});

test("signing out ends the session in every tab and revokes it", async () => {
  const { cognito, open } = office();
  const [here, there] = [open(), open()];
  await here.signIn("budi", PASSWORD);
  await here.signOut();
  assert.deepEqual([here.account.value, there.account.value], [null, null]);
  await assert.rejects(there.token(), SessionEnded);
  assert.equal(cognito.revoked.length, 1);
});

test("signing out works without a network", async () => {
  const { cognito, open } = office();
  const session = open();
  await session.signIn("budi", PASSWORD);
  cognito.connected = false;
  await session.signOut();
  assert.equal(session.account.value, null);
});

for (const isRevoked of [true, false]) {
  const when = isRevoked ? "revoked" : "answered all the same";
  test(`a renewal under way, ${when}, does not bring back who signed out nor end who signed in`, async () => {
    const { clock, cognito, open } = office();
    const session = open();
    await session.signIn("budi", PASSWORD);
    clock.now += 14 * MINUTE;
    let letGo = () => {};
    cognito.gate = new Promise((resolve) => (letGo = resolve));
    const renewed = assert.rejects(session.token(), SessionEnded);
    await until(() => cognito.asked.includes("REFRESH_TOKEN_AUTH"));
    await session.signOut();
    if (!isRevoked) cognito.revoked = [];
    await session.signIn("siti", PASSWORD);
    letGo();
    await renewed;
    assert.equal(session.account.value?.username, "siti");
    assert.ok(await session.token());
  });
}
