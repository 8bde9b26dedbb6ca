// The door's rules without a connection. tests/door_cases.json holds them and the server's to the same answers.

import type { ListedBooking } from "./api-types.ts";
import { shown } from "./codes.ts";
import type { Decision, Outcome } from "./ports.ts";
import type { Reading } from "./reading.ts";
import { dayOf } from "./time.ts";

/** A listed booking with what only this phone knows: which of its scans let the holder in. */
export interface Expected extends ListedBooking {
  checked_in_by?: string;
}

export interface Day {
  date: string;
  bookings: readonly Expected[];
}

/** One scan: its moment with the office's offset, its nonce, and whether it admits within the grace. */
export interface Moment {
  at: string;
  nonce: string;
  grace: boolean;
}

/** Decide by a list. One of another day is as good as none: who was moved to today is not on it. */
export function decide(reading: Reading, list: Day | null, moment: Moment): Decision {
  if ("decision" in reading) return reading.decision;
  const today = dayOf(moment.at);
  const day = list?.date === today ? list : null;
  const booking = day?.bookings.find(({ hash }) => hash === reading.hash);
  const code = shown(reading.code);
  if (booking !== undefined) return { code, service_date: today, ...ofBooking(booking, moment) };
  if (reading.date !== undefined && reading.date !== today) {
    return { outcome: reading.date > today ? "WRONG_DAY" : "EXPIRED", code, service_date: reading.date };
  }
  return { outcome: day === null ? "NO_ANSWER" : "NOT_LISTED", code };
}

function ofBooking(booking: Expected, moment: Moment): Decision {
  const { name, queue_number, starts_at, opens_at, void_after } = booking;
  const told = { outcome: outcomeFor(booking, moment), name, queue_number, starts_at, opens_at, void_after };
  if (told.outcome === "USED" || booking.checked_in_by === moment.nonce) {
    return booking.checked_in_at === undefined ? told : { ...told, checked_in_at: booking.checked_in_at };
  }
  if (told.outcome !== "OK") return told;
  const late = Date.parse(moment.at) > Date.parse(starts_at);
  return { ...told, checked_in_at: moment.at, ...(late && { admitted_late: true }) };
}

function outcomeFor(booking: Expected, { at, nonce, grace }: Moment): Outcome {
  if (booking.state === "CHECKED_IN" && booking.checked_in_by === nonce) return "OK";
  const due = dueAt(Date.parse(at), booking);
  return due === "LATE_GRACE" && grace ? "OK" : due;
}

/**
 * Tell what is due to whoever comes at this moment (milliseconds since 1970). EXPIRED counts for nothing beside the
 * times: the sweep may have come before a scan from within the window.
 */
export function dueAt(
  moment: number,
  { state, opens_at, starts_at, void_after }: Omit<ListedBooking, "hash">,
): "USED" | "EARLY" | "OK" | "LATE_GRACE" | "EXPIRED" {
  if (state === "CHECKED_IN") return "USED";
  if (moment < Date.parse(opens_at)) return "EARLY";
  if (moment <= Date.parse(starts_at)) return "OK";
  return moment <= Date.parse(void_after) ? "LATE_GRACE" : "EXPIRED";
}
