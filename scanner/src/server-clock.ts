// The server's time as the phone knows it: a phone's own clock may be wrong by minutes, or by days.

import type { Phone } from "./phone.ts";
import { dayOf, isoIn } from "./time.ts";

/** The server cuts its time off to whole seconds: half a second later is the better guess. */
const CUT_OFF = 500;

export class ServerClock {
  readonly #phone: Pick<Phone, "now">;
  readonly #iso: (moment: number) => string;
  /** How much the server's clock is ahead of the phone's, in milliseconds, once the server has told its time. */
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

  /** Set the clock by the time that a response `told`; `askedAt` is when it was requested, by the phone's clock. */
  set(told: string, askedAt: number): void {
    const moment = Date.parse(told);
    if (Number.isNaN(moment)) return;
    // The server read its clock some time between request and response; halfway is the best guess.
    this.#ahead = moment + CUT_OFF - (askedAt + this.#phone.now()) / 2;
  }

  restore(ahead: number | undefined): void {
    this.#ahead = ahead;
  }

  /** Forget the difference, because somebody has set the phone's clock. */
  unset(): void {
    this.#ahead = undefined;
  }
}
