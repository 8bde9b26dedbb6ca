import type { Kept, Store } from "../../scanner/src/store.ts";

/** Keep in memory what the page keeps in IndexedDB. What is copied in and out stands for the disk. */
export class MemoryStore implements Store {
  #kept = new Map<string, unknown>();
  #listeners = new Set<() => void>();

  async get<K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> {
    return structuredClone(this.#kept.get(key)) as Kept[K] | undefined;
  }

  async update<K extends keyof Kept>(
    key: K,
    change: (now: Kept[K] | undefined) => Kept[K] | undefined,
  ): Promise<Kept[K] | undefined> {
    const value = change(structuredClone(this.#kept.get(key)) as Kept[K] | undefined);
    this.#kept.set(key, structuredClone(value));
    for (const listener of this.#listeners) queueMicrotask(listener);
    return value;
  }

  onChange(job: () => void): () => void {
    this.#listeners.add(job);
    return () => this.#listeners.delete(job);
  }
}
