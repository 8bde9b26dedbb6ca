// The door's rules, for use without a connection. tests/door_cases.json tests them and the server's alike.

import type { ListedBooking } from "./api-types.ts";
import { formatBookingCode } from "./codes.ts";
import type { Decision, Outcome } from "./ports.ts";
import { dayOf } from "./time.ts";
import type { Verification } from "./verification.ts";

/** A listed booking with what only this phone knows: which of its scans let the holder in. */
export interface ExpectedBooking extends ListedBooking {
  checked_in_by?: string;
}

export interface Day {
  date: string;
  bookings: readonly ExpectedBooking[];
}

/** One scan: its moment with the office's offset, its nonce, and whether it admits within the grace. */
export interface ScanAttempt {
  at: string;
  nonce: string;
  grace: boolean;
}

/** Decide by a list. Another day's is as good as none: bookings that were moved to today are not on it. */
export function decide(verification: Verification, list: Day | null, attempt: ScanAttempt): Decision {
  if ("decision" in verification) return verification.decision;
  const today = dayOf(attempt.at);
  const day = list?.date === today ? list : null;
  const booking = day?.bookings.find(({ hash }) => hash === verification.hash);
  const code = formatBookingCode(verification.code);
  if (booking !== undefined) return { code, service_date: today, ...decideOn(booking, attempt) };
  if (verification.date !== undefined && verification.date !== today) {
    return { outcome: verification.date > today ? "WRONG_DAY" : "EXPIRED", code, service_date: verification.date };
  }
  return { outcome: day === null ? "NO_ANSWER" : "NOT_LISTED", code };
}

function decideOn(booking: ExpectedBooking, attempt: ScanAttempt): Decision {
  const { name, queue_number, starts_at, opens_at, void_after } = booking;
  const decision = { outcome: outcomeFor(booking, attempt), name, queue_number, starts_at, opens_at, void_after };
  if (decision.outcome === "USED" || booking.checked_in_by === attempt.nonce) {
    return booking.checked_in_at === undefined ? decision : { ...decision, checked_in_at: booking.checked_in_at };
  }
  if (decision.outcome !== "OK") return decision;
  const late = Date.parse(attempt.at) > Date.parse(starts_at);
  return { ...decision, checked_in_at: attempt.at, ...(late && { admitted_late: true }) };
}

function outcomeFor(booking: ExpectedBooking, { at, nonce, grace }: ScanAttempt): Outcome {
  if (booking.state === "CHECKED_IN" && booking.checked_in_by === nonce) return "OK";
  const due = outcomeAt(Date.parse(at), booking);
  return due === "LATE_GRACE" && grace ? "OK" : due;
}

/**
 * Return the outcome for somebody who comes at this moment (milliseconds since 1970). The times count, not the state
 * EXPIRED: a scan from within the window may be judged after the booking expired.
 */
export function outcomeAt(
  moment: number,
  { state, opens_at, starts_at, void_after }: Omit<ListedBooking, "hash">,
): "USED" | "EARLY" | "OK" | "LATE_GRACE" | "EXPIRED" {
  if (state === "CHECKED_IN") return "USED";
  if (moment < Date.parse(opens_at)) return "EARLY";
  if (moment <= Date.parse(starts_at)) return "OK";
  return moment <= Date.parse(void_after) ? "LATE_GRACE" : "EXPIRED";
}
