// From what was read to what fills the screen: one scan at a time, and the same code before the camera counts once.

import { signal } from "@preact/signals";
import type { Door, Outcome, Scan } from "./ports.ts";

const IGNORED_MILLISECONDS = 5000;
const AGAIN = new Set<Outcome>(["NO_ANSWER", "UNDONE"]);

type DecidingDoor = Pick<Door, "scan" | "admitLate" | "now">;

export class Scanning {
  /** What fills the screen: a scan's decision, or that one is being waited for. */
  readonly shown = signal<Scan | "checking" | null>(null);

  readonly #door: DecidingDoor;
  readonly #announce: (scan: Scan) => void;
  readonly #clock: () => number;
  readonly #lastSeen = new Map<string, number>();
  /** The scans of this officer: another officer begins another row of them. */
  #turns = { last: Promise.resolve() };

  /** `announce` makes a decision heard; `clock` counts milliseconds. */
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

  /** On with the next one. What has to be scanned again may be held up at once. */
  dismiss(): void {
    const shown = this.shown.value;
    if (shown === null || shown === "checking") return;
    if (AGAIN.has(shown.decision.outcome)) this.#lastSeen.clear();
    this.shown.value = null;
  }

  /** Somebody else takes over: no scan of before is shown, and none is waited for. */
  reset(): void {
    this.#turns = { last: Promise.resolve() };
    this.#lastSeen.clear();
    this.shown.value = null;
  }

  /** One after the other: a scanner that types does not wait, and two answers on one screen belong to nobody. */
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

  /** A phone without space for one more scan, say. Silence would be taken for a yes. */
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
