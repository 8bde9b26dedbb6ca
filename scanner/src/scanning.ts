// From what was read to what fills the screen: one scan at a time, and the same code before the camera counts once.

import { signal } from "@preact/signals";
import type { Door, Scan } from "./contract.ts";

const IGNORED_MILLISECONDS = 5000;

type Deciding = Pick<Door, "scan" | "admitLate" | "now">;

export class Scanning {
  /** What fills the screen: a scan's decision, or that one is being waited for. */
  readonly shown = signal<Scan | "checking" | null>(null);

  readonly #door: Deciding;
  readonly #announce: (scan: Scan) => void;
  readonly #clock: () => number;
  readonly #ignoredUntil = new Map<string, number>();
  #before: Promise<unknown> = Promise.resolve();

  /** `announce` makes a decision heard; `clock` counts milliseconds. */
  constructor(door: Deciding, announce: (scan: Scan) => void, clock: () => number = () => performance.now()) {
    this.#door = door;
    this.#announce = announce;
    this.#clock = clock;
  }

  /** Take what the camera sees, which is the same code for as long as it is held there. */
  async see(qr: string): Promise<void> {
    for (const [known, until] of this.#ignoredUntil) if (until <= this.#clock()) this.#ignoredUntil.delete(known);
    if (this.shown.value === "checking" || this.#ignoredUntil.has(qr)) return;
    await this.#show(() => this.#door.scan({ qr }));
    this.#ignoredUntil.set(qr, this.#clock() + IGNORED_MILLISECONDS);
  }

  /** Take what was typed, by hand or by a scanner that types; never ignored, because somebody asks on purpose. */
  async type(code: string): Promise<void> {
    await this.#show(() => this.#door.scan({ code }));
  }

  async admitLate(code: string): Promise<void> {
    await this.#show(() => this.#door.admitLate(code));
  }

  dismiss(): void {
    if (this.shown.value !== "checking") this.shown.value = null;
  }

  /** One after the other: a scanner that types does not wait, and two answers on one screen belong to nobody. */
  #show(decide: () => Promise<Scan>): Promise<void> {
    const turn = this.#before.then(async () => {
      this.shown.value = "checking";
      const scan = await decide().catch((fault: unknown) => this.#failed(fault));
      this.shown.value = scan;
      this.#announce(scan);
    });
    this.#before = turn;
    return turn;
  }

  /** A phone without space for one more scan, say. Silence would be taken for a yes. */
  #failed(fault: unknown): Scan {
    console.error(fault);
    const at = new Date(this.#door.now()).toISOString();
    return { nonce: crypto.randomUUID(), at, decision: { outcome: "NO_ANSWER" }, offline: false };
  }
}
