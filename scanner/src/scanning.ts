// Runs scans one after another and says what fills the screen. A code that is held before the camera counts once.

import { signal } from "@preact/signals";
import type { Door, Outcome, Scan } from "./ports.ts";

const IGNORED_MILLISECONDS = 5000;
const AGAIN = new Set<Outcome>(["NO_ANSWER", "UNDONE"]);

type DecidingDoor = Pick<Door, "scan" | "admitLate" | "now">;

export class Scanning {
  /** What fills the screen: the last scan, "checking" while its decision is awaited, or nothing. */
  readonly shown = signal<Scan | "checking" | null>(null);

  readonly #door: DecidingDoor;
  readonly #announce: (scan: Scan) => void;
  readonly #clock: () => number;
  readonly #lastSeen = new Map<string, number>();
  /** The scans of this officer, one after another; the next officer's do not wait for them. */
  #turns = { last: Promise.resolve() };

  /** `announce` is called with each decision; `clock` counts milliseconds. */
  constructor(door: DecidingDoor, announce: (scan: Scan) => void, clock: () => number = () => performance.now()) {
    this.#door = door;
    this.#announce = announce;
    this.#clock = clock;
  }

  /** Take what the camera sees, which is the same code for as long as it is held there. */
  async see(qr: string): Promise<void> {
    const now = this.#clock();
    const isHeld = now - (this.#lastSeen.get(qr) ?? -Infinity) < IGNORED_MILLISECONDS;
    if (!isHeld && this.shown.value === "checking") return;
    this.#lastSeen.set(qr, now);
    if (!isHeld) await this.#show(() => this.#door.scan({ qr }));
  }

  /** Take what was typed, by hand or by a scanner that types; never ignored, because somebody asks on purpose. */
  async type(code: string): Promise<void> {
    await this.#show(() => this.#door.scan({ code }));
  }

  async admitLate(code: string): Promise<void> {
    await this.#show(() => this.#door.admitLate(code));
  }

  /** Clear the screen for the next one. A code that has to be scanned again may be scanned at once. */
  dismiss(): void {
    const shown = this.shown.value;
    if (shown === null || shown === "checking") return;
    if (AGAIN.has(shown.decision.outcome)) this.#lastSeen.clear();
    this.shown.value = null;
  }

  /** Start afresh for another officer: show no earlier scan, and wait for none. */
  reset(): void {
    this.#turns = { last: Promise.resolve() };
    this.#lastSeen.clear();
    this.shown.value = null;
  }

  /** One after another: a USB scanner does not wait, and nobody could tell whose the second answer is. */
  #show(decide: () => Promise<Scan>): Promise<void> {
    const turns = this.#turns;
    const turn = async () => {
      if (turns !== this.#turns) return;
      this.shown.value = "checking";
      const scan = await this.#decision(decide);
      if (turns !== this.#turns) return;
      this.shown.value = scan;
      this.#announce(scan);
    };
    // Whatever goes wrong with one scan, the next one has its turn.
    turns.last = turns.last.then(turn).catch((fault: unknown) => console.error(fault));
    return turns.last;
  }

  /** A fault, such as a full phone, is shown as no answer: officers would take silence for a yes. */
  async #decision(decide: () => Promise<Scan>): Promise<Scan> {
    try {
      return await decide();
    } catch (fault) {
      console.error(fault);
      const at = new Date(this.#door.now()).toISOString();
      return { nonce: crypto.randomUUID(), at, decision: { outcome: "NO_ANSWER" }, offline: false };
    }
  }
}
