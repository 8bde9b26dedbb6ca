// What this phone has on record, the day's list and its own scans, and what of it the screens show.

import { batch, signal } from "@preact/signals";
import type { Scan, Today } from "./ports.ts";
import { applyScans, prune, RECENT } from "./scans.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Store, StoredList, StoredScan } from "./store.ts";

export class LocalRecords {
  readonly today = signal<Today | null>(null);
  readonly unsent = signal(0);
  readonly recent = signal<readonly Scan[]>([]);
  readonly differences = signal<readonly Scan[]>([]);

  readonly #store: Store;
  readonly #clock: Pick<ServerClock, "today">;
  /** Stops listening to other tabs; null while nobody is signed in. */
  #unsubscribe: (() => void) | null = null;

  constructor(store: Store, clock: Pick<ServerClock, "today">) {
    this.#store = store;
    this.#clock = clock;
  }

  /** An officer is signed in: follow what other tabs change, and show recent scans. */
  open(): void {
    this.#unsubscribe = this.#store.onChange(() => void this.show());
  }

  /** The officer signs out: remove the list, and all scans but those that still have to be sent or seen. */
  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    await this.#store.update("list", () => undefined);
    // Differences are for whoever works with this phone next: somebody may be inside who should not be.
    await this.changeScans((scans) => scans.filter(({ unsent, unseen }) => unsent ?? unseen));
  }

  list(): Promise<StoredList | undefined> {
    return this.#store.get("list");
  }

  /** Replace the list by what `change` makes of it; the screens follow with the next `show`. */
  async changeList(change: (list: StoredList | undefined) => StoredList | undefined): Promise<void> {
    await this.#store.update("list", change);
  }

  async scans(): Promise<readonly StoredScan[]> {
    return (await this.#store.get("scans")) ?? [];
  }

  /** Replace the scans by what `change` makes of them, in one step, and show that. */
  async changeScans(change: (scans: readonly StoredScan[]) => StoredScan[]): Promise<void> {
    await this.#store.update("scans", (scans) => prune(change(scans ?? []), this.#clock.today()));
    await this.show();
  }

  /** Bring the signals up to date with what is on record. */
  async show(): Promise<void> {
    const stored = await this.list();
    const scans = await this.scans();
    const date = this.#clock.today();
    batch(() => {
      this.today.value =
        stored?.list.date === date
          ? { date, listed_at: stored.as_of, bookings: applyScans(stored.list.bookings, scans) }
          : null;
      this.unsent.value = scans.filter(({ unsent }) => unsent).length;
      const isOpen = this.#unsubscribe !== null;
      this.recent.value = isOpen
        ? scans
            .slice(-RECENT)
            .map(({ scan }) => scan)
            .reverse()
        : [];
      this.differences.value = scans.filter(({ unseen }) => unseen).map(({ scan }) => scan);
    });
  }
}
