// The work in the background while an officer is signed in: send what the server has not heard of, refresh the day's
// list, and try again where nobody answered.

import { type Api, type CheckIn, isAnswered } from "./api.ts";
import type { Connection } from "./connection.ts";
import type { LocalRecords } from "./local-records.ts";
import type { Phone } from "./phone.ts";
import type { Account } from "./ports.ts";
import { answered, decisionIn, markListed, readyToSend } from "./scans.ts";
import type { ServerClock } from "./server-clock.ts";

const PROBE_MILLISECONDS = 10_000;
const REFRESH_MILLISECONDS = 60_000;

export interface SyncDependencies {
  api: Pick<Api, "checkIn" | "day">;
  connection: Connection;
  records: LocalRecords;
  clock: ServerClock;
  phone: Phone;
  /** Who is signed in. */
  account(): Account | null;
}

/** The background work from one sign-in to the next sign-out. After every wait, look whether it still `isActive`. */
export class Sync {
  readonly #api: Pick<Api, "checkIn" | "day">;
  readonly #connection: Connection;
  readonly #records: LocalRecords;
  readonly #clock: ServerClock;
  readonly #phone: Phone;
  readonly #account: () => Account | null;
  /** The sending and refreshing that is under way. */
  #running: Promise<void> | null = null;
  /** The nonces of unsent scans on which the server failed when they were last sent. */
  readonly #broken = new Set<string>();
  #isActive = false;
  #stops: (() => void)[] = [];

  constructor({ api, connection, records, clock, phone, account }: SyncDependencies) {
    this.#api = api;
    this.#connection = connection;
    this.#records = records;
    this.#clock = clock;
    this.#phone = phone;
    this.#account = account;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  start(): void {
    this.#isActive = true;
    this.#stops = [
      this.#phone.every(PROBE_MILLISECONDS, () => void this.#probe()),
      this.#phone.every(REFRESH_MILLISECONDS, () => this.#phone.visible() && void this.run()),
      this.#phone.onWake(() => void this.run()),
    ];
  }

  stop(): void {
    this.#isActive = false;
    for (const stop of this.#stops) stop();
  }

  /** Send and refresh, or join the run that is under way. */
  run(): Promise<void> {
    this.#running ??= this.#sendAndRefresh().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Send and refresh anew after the run that is under way: its list may be older than a change made just now. */
  async runAgain(): Promise<void> {
    await this.#running;
    await this.run();
  }

  async #probe(): Promise<void> {
    const shown = this.#records.today.value;
    const isNewDay = shown !== null && shown.date !== this.#clock.today();
    if (isNewDay) void this.#records.show();
    if (isNewDay || !this.#connection.online.value || (await this.#readyToSend()).length > 0) await this.run();
  }

  async #sendAndRefresh(): Promise<void> {
    if (await this.#send()) await this.#refresh();
  }

  /** Send the server what it has missed, in order. Returns whether somebody answers. */
  async #send(): Promise<boolean> {
    this.#broken.clear();
    for (;;) {
      const [unsent] = await this.#readyToSend();
      if (unsent === undefined) return true;
      const answer = await this.#connection.ask(() => this.#api.checkIn(unsent));
      // After a sign-out, the next sign-in sends it again: the same nonce gets the same answer.
      if (!this.#isActive || answer.kind === "none") return false;
      if (!isAnswered(answer)) {
        this.#broken.add(unsent.nonce);
        continue;
      }
      await this.#records.changeScans((scans) =>
        scans.map((stored) => (stored.unsent?.nonce === unsent.nonce ? answered(stored, decisionIn(answer)) : stored)),
      );
    }
  }

  /** A supervisor's admission waits until they are signed in; a scan on which the server failed, for the next run. */
  async #readyToSend(): Promise<CheckIn[]> {
    const username = this.#account()?.username;
    return readyToSend(
      await this.#records.scans(),
      ({ nonce, grace }, account) => this.#broken.has(nonce) || (grace === true && account !== username),
    );
  }

  async #refresh(): Promise<void> {
    const date = this.#clock.today();
    const stored = await this.#records.list();
    const sent = (await this.#records.scans()).filter(({ unsent }) => !unsent);
    const known = new Set(sent.map(({ scan }) => scan.nonce));
    const askedAt = this.#phone.now();
    const etag = stored?.list.date === date ? stored.etag : undefined;
    const answer = await this.#connection.ask(() => this.#api.day(date, etag));
    if (!this.#isActive || !isAnswered(answer) || answer.kind === "problem") return;

    this.#clock.set(answer.now, askedAt);
    const asOf = { as_of: this.#clock.iso(), ahead: this.#clock.ahead };
    await this.#records.changeList((old) => {
      if (answer.kind === "list") return { list: answer.list, etag: answer.etag, ...asOf };
      return old && { ...old, ...asOf };
    });
    await this.#records.changeScans((scans) =>
      scans.map((stored) => (known.has(stored.scan.nonce) ? markListed(stored) : stored)),
    );
    // The phone's clock was so wrong that it asked for another day's list.
    if (this.#clock.today() !== date) await this.#refresh();
  }
}
