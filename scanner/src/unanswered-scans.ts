// Scans that were sent and got no answer. The server may have let the holder in all the same, so when the code is
// presented again, it is sent under the nonce of its first scan.

import type { ServerClock } from "./server-clock.ts";
import type { Store, UnansweredScan } from "./store.ts";

const MOST = 50;

export class UnansweredScans {
  readonly #store: Store;
  readonly #clock: Pick<ServerClock, "today">;

  constructor(store: Store, clock: Pick<ServerClock, "today">) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Return today's unanswered scan of the code with this hash. */
  async find(hash: string | undefined): Promise<UnansweredScan | undefined> {
    const scans = await this.#store.get("questions");
    return scans?.find((scan) => scan.hash === hash && this.#isOfToday(scan));
  }

  /** Add a scan, or replace the one with its nonce. Drops other days' scans, and the oldest beyond 50. */
  async add(scan: UnansweredScan): Promise<void> {
    await this.#store.update("questions", (scans = []) => {
      const others = scans.filter((other) => other.nonce !== scan.nonce && this.#isOfToday(other));
      return [...others, scan].slice(-MOST);
    });
  }

  async remove(nonce: string): Promise<void> {
    await this.#store.update("questions", (scans) => scans?.filter((scan) => scan.nonce !== nonce));
  }

  #isOfToday({ at }: UnansweredScan): boolean {
    return at.startsWith(this.#clock.today());
  }
}
