// Rules for the scans that the phone stores: how they change, and what they change in the list.

import type { Answer, CheckIn, NoAnswer } from "./api.ts";
import type { ListedBooking, Problem } from "./api-types.ts";
import type { Decision } from "./ports.ts";
import type { ExpectedBooking } from "./rules.ts";
import type { StoredScan } from "./store.ts";

export const RECENT = 10;

/** Return the list with this phone's newer scans in it: a list made before a scan does not show it. */
export function applyScans(bookings: readonly ListedBooking[], scans: readonly StoredScan[]): ExpectedBooking[] {
  const newer = new Map(scans.filter((kept) => kept.newer).map((kept) => [kept.hash, kept.scan]));
  return bookings.map((booking) => {
    const scan = newer.get(booking.hash);
    if (scan === undefined) return booking;
    const { outcome, checked_in_at } = scan.differs ?? scan.decision;
    const { checked_in_at: _, ...rest } = booking;
    if (outcome === "UNDONE") return { ...rest, state: "CONFIRMED" };
    if ((outcome !== "OK" && outcome !== "USED") || checked_in_at === undefined) return booking;
    return { ...rest, state: "CHECKED_IN", checked_in_at, ...(outcome === "OK" && { checked_in_by: scan.nonce }) };
  });
}

/** Return the scans with one more; a scan that is asked about again under its nonce stays one. */
export function addScan(scans: readonly StoredScan[], more: StoredScan): StoredScan[] {
  return [...scans.filter(({ scan }) => scan.nonce !== more.scan.nonce), more];
}

/**
 * Return the scans to send now, in order. A scan behind one of the same code that waits, waits too: sent first, it
 * would be let in.
 */
export function readyToSend(
  scans: readonly StoredScan[],
  waits: (unsent: CheckIn, account?: string) => boolean,
): CheckIn[] {
  const waiting = new Set<string>();
  return scans.flatMap(({ unsent, account, hash }) => {
    if (unsent === undefined) return [];
    if (!waits(unsent, account) && !(hash && waiting.has(hash))) return [unsent];
    if (hash) waiting.add(hash);
    return [];
  });
}

/** Return what the server decided. A scan that it refuses to look at is one on which nobody has decided. */
export function decisionIn(answer: Exclude<Answer<Decision>, NoAnswer>): { decision: Decision; problem?: Problem } {
  return answer.kind === "answer"
    ? { decision: answer.value }
    : { decision: { outcome: "NO_ANSWER" }, problem: answer.problem };
}

/** Return an unsent scan after the server's answer. A different outcome has to be seen by an officer. */
export function answered(kept: StoredScan, answer: { decision: Decision; problem?: Problem }): StoredScan {
  const { unsent: _, ...rest } = kept;
  const { decision, ...problem } = answer;
  if (decision.outcome === kept.scan.decision.outcome) {
    return { ...rest, scan: { ...kept.scan, offline: false, decision } };
  }
  return { ...rest, unseen: true, scan: { ...kept.scan, offline: false, differs: decision, ...problem } };
}

/** Return the scans after this one was undone with this answer. */
export function applyUndo(scans: readonly StoredScan[], nonce: string, decision: Decision): StoredScan[] {
  const hash = scans.find(({ scan }) => scan.nonce === nonce)?.hash;
  return scans.map((kept) => {
    if (kept.scan.nonce === nonce) {
      const { unseen: _, ...rest } = kept;
      const { differs: __, ...scan } = kept.scan;
      return { ...rest, newer: true, scan: { ...scan, decision } };
    }
    // The code counts as used no longer.
    return kept.hash === hash ? markListed(kept) : kept;
  });
}

/** Return a scan that the list at hand includes. */
export function markListed(kept: StoredScan): StoredScan {
  const { newer: _, ...rest } = kept;
  return rest;
}

/** Return a scan whose difference an officer has acknowledged. */
export function markSeen(kept: StoredScan): StoredScan {
  const { unseen: _, ...rest } = kept;
  return rest;
}

/** Return the scans to keep: unsent, unseen, today's that the list lacks, and today's among the last ten. */
export function prune(scans: readonly StoredScan[], today: string): StoredScan[] {
  const recent = new Set(scans.slice(-RECENT));
  return scans.filter(
    (kept) => kept.unsent || kept.unseen || (kept.scan.at.startsWith(today) && (kept.newer || recent.has(kept))),
  );
}
