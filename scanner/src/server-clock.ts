// The server's time as the phone knows it. Phones are minutes wrong, and some days.

import type { Phone } from "./phone.ts";
import { dayOf, isoIn } from "./time.ts";

/** The server tells its time in whole seconds, cut off: half a second later is nearer to the truth. */
const CUT_OFF = 500;

export class ServerClock {
  readonly #phone: Pick<Phone, "now">;
  readonly #iso: (moment: number) => string;
  /** How much the server's clock is ahead of the phone's, in milliseconds, once the server has told. */
  #ahead: number | undefined;

  constructor(phone: Pick<Phone, "now">, timeZone: string) {
    this.#phone = phone;
    this.#iso = isoIn(timeZone);
  }

  /** Return the present moment as the server would tell it: milliseconds since 1970. */
  now(): number {
    return this.#phone.now() + this.ahead;
  }

  /** Return the present moment with the office's offset: ISO 8601. */
  iso(): string {
    return this.#iso(this.now());
  }

  /** Return the date at the office. */
  today(): string {
    return dayOf(this.iso());
  }

  /** Whether the server has told its time; until then, the phone's own counts. */
  get isSet(): boolean {
    return this.#ahead !== undefined;
  }

  /** How much the server's clock is ahead of the phone's, in milliseconds: what to `restore` after a reload. */
  get ahead(): number {
    return this.#ahead ?? 0;
  }

  /** Set the clock by the time that the server `told` just now; `askedAt` is when it was asked, by the phone's clock. */
  set(told: string, askedAt: number): void {
    const moment = Date.parse(told);
    if (Number.isNaN(moment)) return;
    // It told its time somewhere between question and answer; halfway is the best guess.
    this.#ahead = moment + CUT_OFF - (askedAt + this.#phone.now()) / 2;
  }

  restore(ahead: number | undefined): void {
    this.#ahead = ahead;
  }

  /** Believe the phone again: somebody has set its clock, so that the difference is no longer known. */
  unset(): void {
    this.#ahead = undefined;
  }
}
