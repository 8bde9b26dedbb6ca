// The door: asks the server about each scan, and decides by today's list where nobody answers.

import { batch, signal } from "@preact/signals";

import type { Answer, Api, CheckIn } from "./api.ts";
import type { Decision, Door, Problem, Role, Scan, Search, Settings, Today, Undo } from "./contract.ts";
import type { Phone } from "./phone.ts";
import { importKey } from "./qr.ts";
import { type Reading, read, type Shown, told } from "./reading.ts";
import { decide } from "./rules.ts";
import { expected, listed, needed, RECENT, seen, settled, undone } from "./scans.ts";
import type { KeptScan, Store } from "./store.ts";
import { isoIn } from "./time.ts";

const PROBE = 10_000;
const REFRESH = 60_000;
/** The server tells its time in whole seconds, cut off: half a second later is nearer to the truth. */
const CUT_OFF = 500;

export interface Collaborators {
  api: Api;
  store: Store;
  phone: Phone;
  settings: Settings;
  /** Of who is signed in. */
  role(): Role | undefined;
}

/** From `start` to `stop`: whoever waited for an answer in between looks whether this is over. */
interface Shift {
  over: boolean;
  /** The sending and refreshing that is under way. */
  syncing: Promise<void> | null;
  stops: (() => void)[];
}

export class OfficeDoor implements Door {
  readonly online = signal(true);
  readonly today = signal<Today | null>(null);
  readonly unsent = signal(0);
  readonly recent = signal<readonly Scan[]>([]);
  readonly differences = signal<readonly Scan[]>([]);

  #api: Api;
  #store: Store;
  #phone: Phone;
  #settings: Settings;
  #role: () => Role | undefined;
  #iso: (moment: number) => string;
  #key: Promise<CryptoKey>;
  #ahead = 0;
  #named: Promise<string> | null = null;
  #shift: Shift = { over: true, syncing: null, stops: [] };

  constructor({ api, store, phone, settings, role }: Collaborators) {
    this.#api = api;
    this.#store = store;
    this.#phone = phone;
    this.#settings = settings;
    this.#role = role;
    this.#iso = isoIn(settings.time_zone);
    this.#key = importKey(settings.public_key);
  }

  now(): number {
    return this.#phone.now() + this.#ahead;
  }

  async start(): Promise<void> {
    this.#shift = {
      over: false,
      syncing: null,
      stops: [
        this.#store.onChange(() => void this.#show()),
        this.#phone.every(PROBE, () => this.#probe()),
        this.#phone.every(REFRESH, () => this.#phone.visible() && void this.#sync()),
        this.#phone.onWake(() => void this.#sync()),
      ],
    };
    this.#ahead = (await this.#store.get("list"))?.ahead ?? 0;
    await this.#show();
    void this.#sync();
  }

  async stop(): Promise<void> {
    this.#shift.over = true;
    for (const stop of this.#shift.stops) stop();
    await this.#store.update("list", () => undefined);
    // Differences are for whoever works with this phone next: somebody may be inside who should not be.
    await this.#keep((scans) => scans.filter(({ unsent, unseen }) => unsent ?? unseen));
    this.recent.value = [];
  }

  scan(what: Shown): Promise<Scan> {
    return this.#checkIn(told(what), false);
  }

  admitLate(code: string): Promise<Scan> {
    return this.#checkIn({ code }, true);
  }

  async undo(nonce: string, reason: string): Promise<Undo> {
    // The server cannot take back what it has not heard of.
    if ((await this.#scans()).some(({ unsent }) => unsent?.nonce === nonce)) await this.#sync();
    const device = await this.#device();
    const answer = await this.#ask(() => this.#api.undo(nonce, reason, device));
    if (answer.kind === "none") return { kind: "no_connection" };
    if (answer.kind === "problem") return { kind: "refused", problem: answer.problem };
    await this.#keep((scans) => undone(scans, nonce, answer.value));
    void this.#syncAnew();
    return { kind: "undone", decision: answer.value };
  }

  async search(by: { code: string } | { phone: string }): Promise<Search> {
    const answer = await this.#ask(() => this.#api.search(this.#date(), by));
    if (answer.kind === "none") return { kind: "no_connection" };
    if (answer.kind === "problem") return { kind: "refused", problem: answer.problem };
    return { kind: "found", bookings: answer.value.bookings };
  }

  seen(nonce: string): Promise<void> {
    return this.#keep((scans) => scans.map((kept) => (kept.scan.nonce === nonce ? seen(kept) : kept)));
  }

  async #checkIn(shown: Shown, late: boolean): Promise<Scan> {
    const at = this.#iso(this.now());
    const nonce = crypto.randomUUID();
    const grace = late && this.#role() === "supervisor";
    const request: CheckIn = { ...shown, nonce, device: await this.#device(), ...(grace && { grace }) };
    const reading = await read(shown, this.#settings, await this.#key);
    if (this.online.value && !(await this.#isAhead(reading))) {
      const ask = () => this.#ask(() => this.#api.checkIn(request));
      const first = await ask();
      const answer = first.kind === "none" ? await ask() : first;
      if (answer.kind !== "none") {
        const scan: Scan = { nonce, at, offline: false, ...decisionIn(answer) };
        await this.#keep((scans) => [...scans, { scan, ...hashIn(reading), newer: true }]);
        return scan;
      }
    }
    return this.#decideAlone({ ...request, happened_at: at }, reading);
  }

  /** Decide by the list, and keep that before anybody sees it, in one step: the next scan of the code has to know. */
  async #decideAlone(request: CheckIn & { happened_at: string }, reading: Reading): Promise<Scan> {
    const { nonce, happened_at: at } = request;
    const list = (await this.#store.get("list"))?.list ?? null;
    const scan: Scan = { nonce, at, offline: true, decision: { outcome: "NO_ANSWER" } };
    await this.#keep((scans) => {
      const day = list && { date: list.date, bookings: expected(list.bookings, scans) };
      scan.decision = decide(reading, day, { at, nonce, grace: request.grace === true });
      const isNamed = scan.decision.outcome !== "NOT_LISTED" && scan.decision.outcome !== "NO_ANSWER";
      return [...scans, { scan, ...hashIn(reading), newer: true, ...(isNamed && { unsent: request }) }];
    });
    return scan;
  }

  /** Tell whether this phone let the holder in and the server does not know: it would let the code in once more. */
  async #isAhead(reading: Reading): Promise<boolean> {
    const { hash } = hashIn(reading);
    return (await this.#scans()).some(
      (kept) => kept.unsent && kept.hash === hash && kept.scan.decision.outcome === "OK",
    );
  }

  #probe(): void {
    const isNewDay = this.today.value !== null && this.today.value.date !== this.#date();
    if (isNewDay) void this.#show();
    if (isNewDay || !this.online.value || this.unsent.value > 0) void this.#sync();
  }

  #sync(): Promise<void> {
    const shift = this.#shift;
    return (shift.syncing ??= this.#sendAndRefresh(shift).finally(() => (shift.syncing = null)));
  }

  /** A list that was asked for before a change does not show it: wait for that one, then ask again. */
  async #syncAnew(): Promise<void> {
    await this.#shift.syncing;
    await this.#sync();
  }

  async #sendAndRefresh(shift: Shift): Promise<void> {
    if (await this.#send(shift)) await this.#refresh(shift);
  }

  /** Tell the server what it has missed, in order. Returns whether it answered. */
  async #send(shift: Shift): Promise<boolean> {
    for (const { unsent } of await this.#scans()) {
      // What a supervisor admitted waits for a supervisor: the server would not take it from an officer.
      if (unsent === undefined || (unsent.grace && this.#role() !== "supervisor")) continue;
      const answer = await this.#ask(() => this.#api.checkIn(unsent));
      // Whoever was signed out meanwhile has it sent again by the next one: the nonce is the same, so is the answer.
      if (shift.over || answer.kind === "none") return false;
      await this.#keep((scans) =>
        scans.map((kept) => (kept.unsent?.nonce === unsent.nonce ? settled(kept, decisionIn(answer)) : kept)),
      );
    }
    return true;
  }

  async #refresh(shift: Shift): Promise<void> {
    const date = this.#date();
    const kept = await this.#store.get("list");
    const known = new Set((await this.#scans()).filter(({ unsent }) => !unsent).map(({ scan }) => scan.nonce));
    const sent = this.#phone.now();
    const answer = await this.#ask(() => this.#api.day(date, kept?.list.date === date ? kept.etag : undefined));
    if (shift.over || answer.kind === "none" || answer.kind === "problem") return;

    const now = Date.parse(answer.kind === "list" ? answer.list.now : answer.now);
    if (!Number.isNaN(now)) this.#ahead = now + CUT_OFF - (sent + this.#phone.now()) / 2;
    const ahead = this.#ahead;
    const as_of = this.#iso(this.now());
    await this.#store.update("list", (old) => {
      if (answer.kind === "list") return { list: answer.list, etag: answer.etag, as_of, ahead };
      return old && { ...old, as_of, ahead };
    });
    await this.#keep((scans) => scans.map((kept) => (known.has(kept.scan.nonce) ? listed(kept) : kept)));
    // The phone's clock was so wrong that it asked for another day's list.
    if (this.#date() !== date) await this.#refresh(shift);
  }

  /** Ask, and learn from whether there is an answer. */
  async #ask<A extends { kind: string }>(request: () => Promise<A>): Promise<A> {
    const answer = await request();
    const isBack = !this.online.value && answer.kind !== "none";
    this.online.value = answer.kind !== "none";
    if (isBack) void this.#sync();
    return answer;
  }

  async #keep(change: (scans: readonly KeptScan[]) => KeptScan[]): Promise<void> {
    await this.#store.update("scans", (scans) => needed(change(scans ?? []), this.#date()));
    await this.#show();
  }

  async #show(): Promise<void> {
    const kept = await this.#store.get("list");
    const scans = await this.#scans();
    const date = this.#date();
    batch(() => {
      this.today.value =
        kept?.list.date === date
          ? { date, listed_at: kept.as_of, bookings: expected(kept.list.bookings, scans) }
          : null;
      this.unsent.value = scans.filter(({ unsent }) => unsent).length;
      this.recent.value = scans.slice(-RECENT).map(({ scan }) => scan).reverse();
      this.differences.value = scans.filter(({ unseen }) => unseen).map(({ scan }) => scan);
    });
  }

  async #scans(): Promise<readonly KeptScan[]> {
    return (await this.#store.get("scans")) ?? [];
  }

  #device(): Promise<string> {
    return (this.#named ??= this.#store.update("device", (name) => name ?? crypto.randomUUID()) as Promise<string>);
  }

  #date(): string {
    return this.#iso(this.now()).slice(0, "2026-11-23".length);
  }
}

function hashIn(reading: Reading): { hash?: string } {
  return "hash" in reading ? { hash: reading.hash } : {};
}

/** A scan that the server refuses to look at is one on which nobody has decided. */
function decisionIn(answer: Exclude<Answer<Decision>, { kind: "none" }>): { decision: Decision; problem?: Problem } {
  return answer.kind === "answer"
    ? { decision: answer.value }
    : { decision: { outcome: "NO_ANSWER" }, problem: answer.problem };
}
