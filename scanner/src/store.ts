// What the phone keeps over a reload, a crash and an empty battery.

import { type IDBPDatabase, openDB } from "idb";

import type { CheckIn } from "./api.ts";
import type { DayList } from "./api-types.ts";
import type { Scan } from "./ports.ts";
import type { PresentedCode } from "./verification.ts";

export interface StoredList {
  list: DayList;
  etag: string;
  /** When the server last said that this is the list: ISO 8601. */
  as_of: string;
  /** How much the server's clock is ahead of the phone's, in milliseconds. */
  ahead: number;
}

export interface StoredScan {
  scan: Scan;
  /** The username of who made it. */
  account?: string;
  /** The hash of the booking code, as in the list. */
  hash?: string;
  /** What the server has not answered yet. */
  unsent?: CheckIn;
  /** The server said something else later, and no officer has acknowledged that. */
  unseen?: true;
  /** The list at hand may have been made before this scan. */
  newer?: true;
}

/** A scan that was sent and got no answer: the server may have let the holder in. */
export interface UnansweredScan {
  nonce: string;
  shown: PresentedCode;
  hash: string;
  at: string;
}

/** What is kept under which key. Phones at the offices hold data in this form: a rename needs a migration. */
export interface StoreSchema {
  device: string;
  list: StoredList;
  /** In the order of scanning. */
  scans: StoredScan[];
  /** Today's, the last ones. */
  questions: UnansweredScan[];
}

/** Stores a few whole values, because each change has to see all of one. */
export interface Store {
  get<K extends keyof StoreSchema>(key: K): Promise<StoreSchema[K] | undefined>;
  /**
   * Replace a value by what `change` makes of it, undefined removing it, and return that. Nobody writes in between, no
   * other tab either. Resolves when it is on the disk.
   */
  update<K extends keyof StoreSchema>(
    key: K,
    change: (now: StoreSchema[K] | undefined) => StoreSchema[K] | undefined,
  ): Promise<StoreSchema[K] | undefined>;
  /** Do a job when another tab has changed something. Returns what stops it. */
  onChange(job: () => void): () => void;
}

const TABLE = "kept";

export class IndexedDbStore implements Store {
  #name: string;
  #tabs: BroadcastChannel;
  #opened: Promise<IDBPDatabase> | null = null;

  /** Open the store of one office: on a development machine all offices have the same origin. */
  constructor(prefix: string) {
    this.#name = `antrian-${prefix}`;
    this.#tabs = new BroadcastChannel(this.#name);
    // Unasked, Safari forgets what is seven days old, and any browser what it has no space for.
    void navigator.storage?.persist?.();
  }

  async get<K extends keyof StoreSchema>(key: K): Promise<StoreSchema[K] | undefined> {
    return (await this.#database()).get(TABLE, key);
  }

  async update<K extends keyof StoreSchema>(
    key: K,
    change: (now: StoreSchema[K] | undefined) => StoreSchema[K] | undefined,
  ): Promise<StoreSchema[K] | undefined> {
    const database = await this.#database();
    // Chrome's default may lose the last scans with the battery.
    const transaction = database.transaction(TABLE, "readwrite", { durability: "strict" });
    const value = change(await transaction.store.get(key));
    await (value === undefined ? transaction.store.delete(key) : transaction.store.put(value, key));
    await transaction.done;
    this.#tabs.postMessage(key);
    return value;
  }

  onChange(job: () => void): () => void {
    this.#tabs.addEventListener("message", job);
    return () => this.#tabs.removeEventListener("message", job);
  }

  #database(): Promise<IDBPDatabase> {
    const forget = () => (this.#opened = null);
    this.#opened ??= openDB(this.#name, 1, {
      upgrade: (database) => void database.createObjectStore(TABLE),
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget, // Safari does so to pages in the background
    }).catch((error) => {
      forget();
      throw error;
    });
    return this.#opened;
  }
}
