// The door: asks the server about each scan, and decides by today's list where nobody answers.

import { type Api, type CheckIn, isAnswered } from "./api.ts";
import type { DayList } from "./api-types.ts";
import { Connection } from "./connection.ts";
import { LocalRecords } from "./local-records.ts";
import type { Phone } from "./phone.ts";
import type { Account, Door, Scan, Search, Settings, Undo } from "./ports.ts";
import { importKey } from "./qr.ts";
import { decide } from "./rules.ts";
import { addScan, applyScans, applyUndo, decisionIn, markSeen } from "./scans.ts";
import { ServerClock } from "./server-clock.ts";
import type { Store, StoredScan, UnansweredScan } from "./store.ts";
import { Sync } from "./sync.ts";
import { UnansweredScans } from "./unanswered-scans.ts";
import { normalize, type PresentedCode, type Verification, verify } from "./verification.ts";

export interface Dependencies {
  api: Api;
  store: Store;
  phone: Phone;
  settings: Settings;
  /** Who is signed in. */
  account(): Account | null;
}

/** Somebody at the door with a code. */
interface CheckInAttempt {
  /** Tells, when an answer comes, whether the officer has signed out meanwhile. */
  sync: Sync;
  at: string;
  presented: PresentedCode;
  verification: Verification;
  /** A supervisor admits within the grace. */
  grace: boolean;
  /** Stored with the scan: whose code it is, and who scans it. */
  tags: Pick<StoredScan, "hash" | "account">;
}

/** What identifies a scan to the server. */
type Asked = Pick<UnansweredScan, "nonce" | "shown">;

export class OfficeDoor implements Door {
  readonly online: Door["online"];
  readonly today: Door["today"];
  readonly unsent: Door["unsent"];
  readonly recent: Door["recent"];
  readonly differences: Door["differences"];

  readonly #api: Api;
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #account: () => Account | null;
  readonly #key: Promise<CryptoKey>;
  readonly #clock: ServerClock;
  readonly #records: LocalRecords;
  readonly #unanswered: UnansweredScans;
  readonly #connection: Connection;
  readonly #newSync: () => Sync;
  /** The background work since the last sign-in. */
  #sync: Sync;
  #deviceName: Promise<string> | null = null;

  constructor({ api, store, phone, settings, account }: Dependencies) {
    this.#api = api;
    this.#store = store;
    this.#settings = settings;
    this.#account = account;
    this.#key = importKey(settings.public_key);
    const clock = new ServerClock(phone, settings.time_zone);
    const records = new LocalRecords(store, clock);
    const connection = new Connection(() => void this.#sync.run());
    this.#clock = clock;
    this.#records = records;
    this.#unanswered = new UnansweredScans(store, clock);
    this.#connection = connection;
    this.#newSync = () => new Sync({ api, connection, records, clock, phone, account });
    this.#sync = this.#newSync();
    this.online = connection.online;
    this.today = records.today;
    this.unsent = records.unsent;
    this.recent = records.recent;
    this.differences = records.differences;
  }

  now(): number {
    return this.#clock.now();
  }

  async start(): Promise<void> {
    this.#sync = this.#newSync();
    this.#records.open();
    this.#sync.start();
    this.#clock.restore((await this.#records.list())?.ahead);
    await this.#records.show();
    void this.#sync.run();
  }

  async stop(): Promise<void> {
    this.#sync.stop();
    await this.#records.close();
  }

  scan(presented: PresentedCode): Promise<Scan> {
    return this.#checkIn(normalize(presented), false);
  }

  admitLate(code: string): Promise<Scan> {
    return this.#checkIn({ code }, true);
  }

  async undo(nonce: string, reason: string): Promise<Undo> {
    // The server cannot take back what it has not heard of.
    const isUnsent = (await this.#records.scans()).some(({ unsent }) => unsent?.nonce === nonce);
    if (isUnsent) await this.#sync.runAgain();
    const device = await this.#device();
    const answer = await this.#connection.ask(() => this.#api.undo(nonce, reason, device));
    if (!isAnswered(answer)) return { kind: "no_connection" };
    if (answer.kind === "problem") return { kind: "refused", problem: answer.problem };
    await this.#records.changeScans((scans) => applyUndo(scans, nonce, answer.value));
    void this.#sync.runAgain();
    return { kind: "undone", decision: answer.value };
  }

  async search(by: { code: string } | { phone: string }): Promise<Search> {
    const answer = await this.#connection.ask(() => this.#api.search(this.#clock.today(), by));
    if (!isAnswered(answer)) return { kind: "no_connection" };
    if (answer.kind === "problem") return { kind: "refused", problem: answer.problem };
    return { kind: "found", bookings: answer.value.bookings };
  }

  seen(nonce: string): Promise<void> {
    return this.#records.changeScans((scans) =>
      scans.map((stored) => (stored.scan.nonce === nonce ? markSeen(stored) : stored)),
    );
  }

  async #checkIn(presented: PresentedCode, late: boolean): Promise<Scan> {
    const sync = this.#sync;
    const officer = this.#account();
    const at = this.#clock.iso();
    const verification = await verify(presented, this.#settings, await this.#key);
    const grace = late && officer?.role === "supervisor";
    const tags = {
      ...("hash" in verification && { hash: verification.hash }),
      ...(officer && { account: officer.username }),
    };
    const attempt = { sync, at, presented, verification, grace, tags };
    // One at a time, across tabs: a scan whose answer is still under way must not count as unanswered.
    return navigator.locks.request(`antrian.scan.${tags.hash}`, async () =>
      this.#decide(attempt, await this.#unanswered.find(tags.hash)),
    );
  }

  /** Decide with the server, or without it. An `earlier` scan of this code got no answer, and is sent again. */
  async #decide(attempt: CheckInAttempt, earlier?: Asked): Promise<Scan> {
    const { sync, at, grace, tags } = attempt;
    const asked: Asked = earlier ?? { nonce: crypto.randomUUID(), shown: attempt.presented };
    const { nonce, shown } = asked;
    const device = await this.#device();
    const isTimed = this.#clock.isSet;
    const request = { ...shown, nonce, device, ...(isTimed && { happened_at: at }), ...(grace && { grace }) };
    // Read before the request: if the session ends meanwhile, the list is removed.
    const list = (await this.#records.list())?.list ?? null;
    if (!this.online.value || (await this.#letInUnsent(tags.hash))) return this.#decideAlone(attempt, request, list);

    // Stored before the request: the page may die, and the server have heard of the scan all the same.
    if (tags.hash) await orLogged(this.#unanswered.add({ ...asked, hash: tags.hash, at }));
    const ask = () => this.#connection.ask(() => this.#api.checkIn(request));
    const first = await ask();
    const answer = isAnswered(first) ? first : await ask();
    if (!isAnswered(answer)) return this.#decideAlone(attempt, request, list);

    const scan: Scan = { nonce, at, offline: false, ...decisionIn(answer) };
    // Nobody sees this answer. The scan stays unanswered, so that the code gets the same answer when scanned again.
    if (!sync.isActive) return scan;
    if (isTimed && scan.problem?.code === "happened_at_invalid") {
      // Somebody has set the phone's clock since the last list.
      this.#clock.unset();
      return this.#decide(attempt, asked);
    }
    if (answer.kind === "answer") {
      await orLogged(this.#unanswered.remove(nonce));
      // An earlier refusal may no longer hold.
      if (earlier && scan.decision.outcome !== "OK") return this.#decide(attempt);
    }
    await orLogged(this.#records.changeScans((scans) => addScan(scans, { scan, ...tags, newer: true })));
    return scan;
  }

  /** Decide by the list and store that in one step, before anybody sees it: the next scan of the code depends on it. */
  async #decideAlone(attempt: CheckInAttempt, request: CheckIn, list: DayList | null): Promise<Scan> {
    const { at, verification, grace, tags } = attempt;
    const { nonce } = request;
    const scan: Scan = { nonce, at, offline: true, decision: { outcome: "NO_ANSWER" } };
    let isDecided = false;
    await this.#records.changeScans((scans) => {
      const day = list && { date: list.date, bookings: applyScans(list.bookings, scans) };
      scan.decision = decide(verification, day, { at, nonce, grace });
      isDecided = scan.decision.outcome !== "NOT_LISTED" && scan.decision.outcome !== "NO_ANSWER";
      const unsent = { ...request, happened_at: at };
      return addScan(scans, { scan, ...tags, newer: true, ...(isDecided && { unsent }) });
    });
    if (isDecided) await this.#unanswered.remove(nonce);
    return scan;
  }

  /** Tell whether this phone let the holder in and the server has not heard: it would let the code in once more. */
  async #letInUnsent(hash: string | undefined): Promise<boolean> {
    return (await this.#records.scans()).some(
      ({ unsent, hash: other, scan }) => unsent && other === hash && scan.decision.outcome === "OK",
    );
  }

  #device(): Promise<string> {
    this.#deviceName ??= this.#store.update("device", (name) => name ?? crypto.randomUUID()) as Promise<string>;
    return this.#deviceName;
  }
}

/** The server's answer counts even when the phone has no space left to store it. */
async function orLogged(storing: Promise<void>): Promise<void> {
  await storing.catch((fault: unknown) => console.error(fault));
}
