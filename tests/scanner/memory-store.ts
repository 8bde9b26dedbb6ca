import type { Store, StoreSchema } from "../../scanner/src/store.ts";

/** Keep in memory what the page keeps in IndexedDB. What is copied in and out stands for the disk. */
export class MemoryStore implements Store {
  /** No space is left on the phone. */
  full = false;
  #kept = new Map<string, unknown>();
  #listeners = new Set<() => void>();

  async get<K extends keyof StoreSchema>(key: K): Promise<StoreSchema[K] | undefined> {
    return structuredClone(this.#kept.get(key)) as StoreSchema[K] | undefined;
  }

  async update<K extends keyof StoreSchema>(
    key: K,
    change: (now: StoreSchema[K] | undefined) => StoreSchema[K] | undefined,
  ): Promise<StoreSchema[K] | undefined> {
    if (this.full) throw new DOMException("no space left", "QuotaExceededError");
    const value = change(structuredClone(this.#kept.get(key)) as StoreSchema[K] | undefined);
    this.#kept.set(key, structuredClone(value));
    for (const listener of this.#listeners) queueMicrotask(listener);
    return value;
  }

  /** Return what is on the disk now, for a page that is opened after this one has died. */
  copy(): MemoryStore {
    const copy = new MemoryStore();
    copy.#kept = structuredClone(this.#kept);
    return copy;
  }

  onChange(job: () => void): () => void {
    this.#listeners.add(job);
    return () => this.#listeners.delete(job);
  }
}
