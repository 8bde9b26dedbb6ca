import type { Phone } from "../../scanner/src/phone.ts";

/** A phone whose clock moves when the test says so. */
export class FakePhone implements Phone {
  clock: number;
  inHand = true;
  #timers = new Set<{ due: number; every: number; job: () => void }>();
  #sleepers = new Set<() => void>();

  constructor(clock: number) {
    this.clock = clock;
  }

  now(): number {
    return this.clock;
  }

  visible(): boolean {
    return this.inHand;
  }

  every(every: number, job: () => void): () => void {
    const timer = { due: this.clock + every, every, job };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  onWake(job: () => void): () => void {
    this.#sleepers.add(job);
    return () => this.#sleepers.delete(job);
  }

  wake(): void {
    for (const job of this.#sleepers) job();
  }

  /** Let time pass. Whatever was due in it happens once, as it does when a phone was asleep. */
  pass(milliseconds: number): void {
    this.clock += milliseconds;
    for (const timer of this.#timers) {
      if (timer.due > this.clock) continue;
      timer.due = this.clock + timer.every;
      timer.job();
    }
  }
}
