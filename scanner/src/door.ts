// The door: asks the server about each scan, and decides by today's list where nobody answers.

import { batch, signal } from "@preact/signals";

import { type Answer, type Api, type CheckIn, isAnswered, type NoAnswer } from "./api.ts";
import type { DayList, Problem } from "./api-types.ts";
import type { Phone } from "./phone.ts";
import type { Account, Decision, Door, Scan, Search, Settings, Today, Undo } from "./ports.ts";
import { importKey } from "./qr.ts";
import { decide } from "./rules.ts";
import { addScan, answered, applyScans, applyUndo, due, markListed, markSeen, prune, RECENT } from "./scans.ts";
import type { Store, StoredScan, UnansweredScan } from "./store.ts";
import { dayOf, isoIn } from "./time.ts";
import { normalize, type PresentedCode, type Verification, verify } from "./verification.ts";

const PROBE = 10_000;
const REFRESH = 60_000;
/** The server tells its time in whole seconds, cut off: half a second later is nearer to the truth. */
const CUT_OFF = 500;
const QUESTIONS = 50;

export interface Dependencies {
  api: Api;
  store: Store;
  phone: Phone;
  settings: Settings;
  /** Who is signed in. */
  account(): Account | null;
}

/** From `start` to `stop`: whoever waited for an answer in between looks whether this is over. */
interface Shift {
  over: boolean;
  /** The sending and refreshing that is under way. */
  syncing: Promise<void> | null;
  /** The nonces of unsent scans on which the server broke when it was told of them last. */
  broken: Set<string>;
  stops: (() => void)[];
}

/** Somebody at the door with a code. */
interface Visit {
  shift: Shift;
  at: string;
  shown: PresentedCode;
  reading: Verification;
  /** A supervisor admits within the grace. */
  grace: boolean;
  /** By what its scan is found again. */
  whose: Pick<StoredScan, "hash" | "account">;
}

type Asked = Pick<UnansweredScan, "nonce" | "shown">;

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
  #account: () => Account | null;
  #iso: (moment: number) => string;
  #key: Promise<CryptoKey>;
  /** How much the server's clock is ahead of the phone's, in milliseconds, once the server has told. */
  #ahead: number | undefined;
  #named: Promise<string> | null = null;
  #shift: Shift = { over: true, syncing: null, broken: new Set(), stops: [] };

  constructor({ api, store, phone, settings, account }: Dependencies) {
    this.#api = api;
    this.#store = store;
    this.#phone = phone;
    this.#settings = settings;
    this.#account = account;
    this.#iso = isoIn(settings.time_zone);
    this.#key = importKey(settings.public_key);
  }

  now(): number {
    return this.#phone.now() + (this.#ahead ?? 0);
  }

  async start(): Promise<void> {
    this.#shift = {
      over: false,
      syncing: null,
      broken: new Set(),
      stops: [
        this.#store.onChange(() => void this.#show()),
        this.#phone.every(PROBE, () => void this.#probe()),
        this.#phone.every(REFRESH, () => this.#phone.visible() && void this.#sync()),
        this.#phone.onWake(() => void this.#sync()),
      ],
    };
    this.#ahead = (await this.#store.get("list"))?.ahead;
    await this.#show();
    void this.#sync();
  }

  async stop(): Promise<void> {
    this.#shift.over = true;
    for (const stop of this.#shift.stops) stop();
    await this.#store.update("list", () => undefined);
    // Differences are for whoever works with this phone next: somebody may be inside who should not be.
    await this.#keep((scans) => scans.filter(({ unsent, unseen }) => unsent ?? unseen));
  }

  scan(what: PresentedCode): Promise<Scan> {
    return this.#checkIn(normalize(what), false);
  }

  admitLate(code: string): Promise<Scan> {
    return this.#checkIn({ code }, true);
  }

  async undo(nonce: string, reason: string): Promise<Undo> {
    // The server cannot take back what it has not heard of.
    if ((await this.#scans()).some(({ unsent }) => unsent?.nonce === nonce)) await this.#syncAnew();
    const device = await this.#device();
    const answer = await this.#ask(() => this.#api.undo(nonce, reason, device));
    if (!isAnswered(answer)) return { kind: "no_connection" };
    if (answer.kind === "problem") return { kind: "refused", problem: answer.problem };
    await this.#keep((scans) => applyUndo(scans, nonce, answer.value));
    void this.#syncAnew();
    return { kind: "undone", decision: answer.value };
  }

  async search(by: { code: string } | { phone: string }): Promise<Search> {
    const answer = await this.#ask(() => this.#api.search(this.#date(), by));
    if (!isAnswered(answer)) return { kind: "no_connection" };
    if (answer.kind === "problem") return { kind: "refused", problem: answer.problem };
    return { kind: "found", bookings: answer.value.bookings };
  }

  seen(nonce: string): Promise<void> {
    return this.#keep((scans) => scans.map((kept) => (kept.scan.nonce === nonce ? markSeen(kept) : kept)));
  }

  async #checkIn(shown: PresentedCode, late: boolean): Promise<Scan> {
    const shift = this.#shift;
    const officer = this.#account();
    const at = this.#iso(this.now());
    const reading = await verify(shown, this.#settings, await this.#key);
    const grace = late && officer?.role === "supervisor";
    const whose = { ...hashIn(reading), ...(officer && { account: officer.username }) };
    const visit = { shift, at, shown, reading, grace, whose };
    // One after the other, in other tabs too: an answer that is under way is not one that got lost.
    return navigator.locks.request(`antrian.scan.${whose.hash}`, async () =>
      this.#decide(visit, await this.#questionOn(whose.hash)),
    );
  }

  /** Have the server decide, which may have heard the `earlier` question on this code, or decide without it. */
  async #decide(visit: Visit, earlier?: Asked): Promise<Scan> {
    const { shift, at, grace, whose } = visit;
    const asked: Asked = earlier ?? { nonce: crypto.randomUUID(), shown: visit.shown };
    const { nonce, shown } = asked;
    const device = await this.#device();
    const isTimed = this.#ahead !== undefined;
    const request = { ...shown, nonce, device, ...(isTimed && { happened_at: at }), ...(grace && { grace }) };
    // Read before anybody is asked: when the session ends meanwhile, the list goes with it.
    const list = (await this.#store.get("list"))?.list ?? null;
    if (!this.online.value || (await this.#isAhead(whose.hash))) return this.#decideAlone(visit, request, list);

    // Stored before it is asked: the page may die, and the server know of the scan all the same.
    if (whose.hash) await orLogged(this.#remember({ ...asked, hash: whose.hash, at }));
    const ask = () => this.#ask(() => this.#api.checkIn(request));
    const first = await ask();
    const answer = isAnswered(first) ? first : await ask();
    if (!isAnswered(answer)) return this.#decideAlone(visit, request, list);

    const scan: Scan = { nonce, at, offline: false, ...decisionIn(answer) };
    // Nobody sees it any more. The question stays, so that whoever comes with the code again gets the same answer.
    if (shift.over) return scan;
    if (isTimed && scan.problem?.code === "happened_at_invalid") {
      // Somebody has set the phone's clock since the last list.
      this.#ahead = undefined;
      return this.#decide(visit, asked);
    }
    if (answer.kind === "answer") {
      await orLogged(this.#forget(nonce));
      // What was refused then may be right by now.
      if (earlier && scan.decision.outcome !== "OK") return this.#decide(visit);
    }
    await orLogged(this.#keep((scans) => addScan(scans, { scan, ...whose, newer: true })));
    return scan;
  }

  /** Decide by the list, and keep that before anybody sees it, in one step: the next scan of the code has to know. */
  async #decideAlone(visit: Visit, request: CheckIn, list: DayList | null): Promise<Scan> {
    const { at, reading, grace, whose } = visit;
    const { nonce } = request;
    const scan: Scan = { nonce, at, offline: true, decision: { outcome: "NO_ANSWER" } };
    let isNamed = false;
    await this.#keep((scans) => {
      const day = list && { date: list.date, bookings: applyScans(list.bookings, scans) };
      scan.decision = decide(reading, day, { at, nonce, grace });
      isNamed = scan.decision.outcome !== "NOT_LISTED" && scan.decision.outcome !== "NO_ANSWER";
      const unsent = { ...request, happened_at: at };
      return addScan(scans, { scan, ...whose, newer: true, ...(isNamed && { unsent }) });
    });
    if (isNamed) await this.#forget(nonce);
    return scan;
  }

  async #questionOn(hash: string | undefined): Promise<UnansweredScan | undefined> {
    const questions = await this.#store.get("questions");
    return questions?.find((question) => question.hash === hash && question.at.startsWith(this.#date()));
  }

  async #remember(question: UnansweredScan): Promise<void> {
    await this.#store.update("questions", (questions = []) => {
      const others = questions.filter(({ nonce, at }) => nonce !== question.nonce && at.startsWith(this.#date()));
      return [...others, question].slice(-QUESTIONS);
    });
  }

  async #forget(nonce: string): Promise<void> {
    await this.#store.update("questions", (questions) => questions?.filter((question) => question.nonce !== nonce));
  }

  /** Tell whether this phone let the holder in and the server does not know: it would let the code in once more. */
  async #isAhead(hash: string | undefined): Promise<boolean> {
    return (await this.#scans()).some(
      (kept) => kept.unsent && kept.hash === hash && kept.scan.decision.outcome === "OK",
    );
  }

  async #probe(): Promise<void> {
    const isNewDay = this.today.value !== null && this.today.value.date !== this.#date();
    if (isNewDay) void this.#show();
    if (isNewDay || !this.online.value || (await this.#due(this.#shift)).length > 0) await this.#sync();
  }

  #sync(): Promise<void> {
    const shift = this.#shift;
    shift.syncing ??= this.#sendAndRefresh(shift).finally(() => (shift.syncing = null));
    return shift.syncing;
  }

  /** A list that was asked for before a change does not show it: wait for that one, then ask again. */
  async #syncAnew(): Promise<void> {
    await this.#shift.syncing;
    await this.#sync();
  }

  async #sendAndRefresh(shift: Shift): Promise<void> {
    if (await this.#send(shift)) await this.#refresh(shift);
  }

  /** Tell the server what it has missed, in order. Returns whether somebody answers. */
  async #send(shift: Shift): Promise<boolean> {
    shift.broken.clear();
    for (;;) {
      const [unsent] = await this.#due(shift);
      if (unsent === undefined) return true;
      const answer = await this.#ask(() => this.#api.checkIn(unsent));
      // Whoever was signed out meanwhile has it sent again by the next one: the nonce is the same, so is the answer.
      if (shift.over || answer.kind === "none") return false;
      if (!isAnswered(answer)) {
        shift.broken.add(unsent.nonce);
        continue;
      }
      await this.#keep((scans) =>
        scans.map((kept) => (kept.unsent?.nonce === unsent.nonce ? answered(kept, decisionIn(answer)) : kept)),
      );
    }
  }

  /** What a supervisor admitted waits for that supervisor; what the server broke on, for the next round. */
  async #due({ broken }: Shift): Promise<CheckIn[]> {
    const username = this.#account()?.username;
    return due(
      await this.#scans(),
      ({ nonce, grace }, account) => broken.has(nonce) || (grace === true && account !== username),
    );
  }

  async #refresh(shift: Shift): Promise<void> {
    const date = this.#date();
    const kept = await this.#store.get("list");
    const known = new Set((await this.#scans()).filter(({ unsent }) => !unsent).map(({ scan }) => scan.nonce));
    const sent = this.#phone.now();
    const answer = await this.#ask(() => this.#api.day(date, kept?.list.date === date ? kept.etag : undefined));
    if (shift.over || !isAnswered(answer) || answer.kind === "problem") return;

    const now = Date.parse(answer.now);
    if (!Number.isNaN(now)) this.#ahead = now + CUT_OFF - (sent + this.#phone.now()) / 2;
    const ahead = this.#ahead ?? 0;
    const as_of = this.#iso(this.now());
    await this.#store.update("list", (old) => {
      if (answer.kind === "list") return { list: answer.list, etag: answer.etag, as_of, ahead };
      return old && { ...old, as_of, ahead };
    });
    await this.#keep((scans) => scans.map((kept) => (known.has(kept.scan.nonce) ? markListed(kept) : kept)));
    // The phone's clock was so wrong that it asked for another day's list.
    if (this.#date() !== date) await this.#refresh(shift);
  }

  /** Ask, and learn from whether somebody answers. A server that breaks on one request may answer the others. */
  async #ask<A extends { kind: string }>(request: () => Promise<A>): Promise<A> {
    const answer = await request();
    if (answer.kind === "none") this.online.value = false;
    if (isAnswered(answer) && !this.online.value) {
      this.online.value = true;
      void this.#sync();
    }
    return answer;
  }

  async #keep(change: (scans: readonly StoredScan[]) => StoredScan[]): Promise<void> {
    await this.#store.update("scans", (scans) => prune(change(scans ?? []), this.#date()));
    await this.#show();
  }

  async #show(): Promise<void> {
    const kept = await this.#store.get("list");
    const scans = await this.#scans();
    const date = this.#date();
    batch(() => {
      this.today.value =
        kept?.list.date === date
          ? { date, listed_at: kept.as_of, bookings: applyScans(kept.list.bookings, scans) }
          : null;
      this.unsent.value = scans.filter(({ unsent }) => unsent).length;
      this.recent.value = this.#shift.over
        ? []
        : scans
            .slice(-RECENT)
            .map(({ scan }) => scan)
            .reverse();
      this.differences.value = scans.filter(({ unseen }) => unseen).map(({ scan }) => scan);
    });
  }

  async #scans(): Promise<readonly StoredScan[]> {
    return (await this.#store.get("scans")) ?? [];
  }

  #device(): Promise<string> {
    this.#named ??= this.#store.update("device", (name) => name ?? crypto.randomUUID()) as Promise<string>;
    return this.#named;
  }

  #date(): string {
    return dayOf(this.#iso(this.now()));
  }
}

function hashIn(reading: Verification): { hash?: string } {
  return "hash" in reading ? { hash: reading.hash } : {};
}

/** The server's answer counts whether the phone has space left to keep it or not. */
async function orLogged(keeping: Promise<void>): Promise<void> {
  await keeping.catch((fault: unknown) => console.error(fault));
}

/** A scan that the server refuses to look at is one on which nobody has decided. */
function decisionIn(answer: Exclude<Answer<Decision>, NoAnswer>): { decision: Decision; problem?: Problem } {
  return answer.kind === "answer"
    ? { decision: answer.value }
    : { decision: { outcome: "NO_ANSWER" }, problem: answer.problem };
}
