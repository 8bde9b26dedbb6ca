// What the screens are offered: the session, the door, and the values that these take and return.

import type { ReadonlySignal } from "@preact/signals";
import type * as api from "./api-types.ts";
import type { FoundBooking, ListedBooking, Problem } from "./api-types.ts";

/** The API's outcomes, and two that only the page gives because it knows too little: grey, and recorded nowhere. */
export type Outcome =
  | api.Outcome
  | "NOT_LISTED" // offline, and not on the list that the page has
  | "NO_ANSWER"; // offline without a list of today

/** A decision as the API sends it or as the page makes it offline. Moments are ISO 8601 with the office's offset. */
export interface Decision extends Omit<api.Decision, "outcome"> {
  outcome: Outcome;
}

export type Role = "officer" | "supervisor";

/** What the function writes into the page, in `<script type="application/json" id="settings">`. */
export interface Settings {
  office: string;
  /** The three characters with which this office's codes begin. */
  prefix: string;
  /** The names of all offices by their prefix. */
  offices: Record<string, string>;
  /** IANA, `Asia/Jakarta`. */
  time_zone: string;
  /** The office's P-256 key that signs QR codes: SPKI, DER, base64. */
  public_key: string;
  /** Where Cognito answers: POST with X-Amz-Target. */
  cognito_url: string;
  client_id: string;
}

/** A scan as the page remembers it. */
export interface Scan {
  nonce: string;
  /** The page's clock, corrected by the server's: ISO 8601. */
  at: string;
  decision: Decision;
  /** Decided by the list, and not sent to the server yet. */
  offline: boolean;
  /** What the server said later, where it differs from what the officer was shown. */
  differs?: Decision;
  /** Why the server refused this scan; then the decision, or `differs`, is NO_ANSWER. */
  problem?: Problem;
}

export interface Account {
  username: string;
  role: Role;
}

export type SignIn =
  | { kind: "signed_in"; account: Account }
  | { kind: "new_password_needed" } // then call newPassword
  | {
      kind: "refused";
      reason:
        | "wrong"
        | "weak_password"
        | "not_staff"
        | "too_often"
        | "expired_password"
        | "unknown_challenge" // Cognito asks for a second factor, say, which this page does not know
        | "no_connection";
    };

/** The staff's session: Cognito's tokens, kept over a reload, renewed before they end. */
export interface Session {
  /** null: nobody is signed in; the form has to be shown. */
  readonly account: ReadonlySignal<Account | null>;
  /** Continue the session from before the reload, if there is one. */
  restore(): Promise<void>;
  signIn(username: string, password: string): Promise<SignIn>;
  /** Answer new_password_needed. */
  newPassword(password: string): Promise<SignIn>;
  signOut(): Promise<void>;
  /**
   * A valid access token, another one than what the API `refused`.
   * Rejects with NoConnection or SessionEnded (which also sets account to null).
   */
  token(refused?: string): Promise<string>;
}

export type Undo =
  | { kind: "undone"; decision: Decision }
  | { kind: "refused"; problem: Problem }
  | { kind: "no_connection" };

export type Search =
  | { kind: "found"; bookings: FoundBooking[] }
  | { kind: "refused"; problem: Problem }
  | { kind: "no_connection" };

/** Today at the office, as far as the page knows. */
export interface Today {
  date: string;
  /** When the list was made; its age is always shown. */
  listed_at: string;
  bookings: ListedBooking[];
}

/** The door: decides on codes, with the server or without it, and keeps what has to be sent. */
export interface Door {
  /** False from the first request that nobody answered until somebody answers again. */
  readonly online: ReadonlySignal<boolean>;
  /** Today's list, own scans included; null while there is none for today. */
  readonly today: ReadonlySignal<Today | null>;
  /** How many scans the server has not heard of yet. */
  readonly unsent: ReadonlySignal<number>;
  /** The last ten scans, the newest first. */
  readonly recent: ReadonlySignal<readonly Scan[]>;
  /** Scans on which the server later disagreed with what the officer was shown, until each is `seen`. */
  readonly differences: ReadonlySignal<readonly Scan[]>;
  /** Load what the phone has stored, and begin to send and refresh in the background. */
  start(): Promise<void>;
  /**
   * Stop the background work (signed out). Unsent scans stay on the device; the list and the recent scans do not, nor
   * does a scan that the server answers from now on.
   */
  stop(): Promise<void>;
  /** Decide on what the camera read (`qr`) or what was typed (`code`; text that begins with ANTRIAN is a QR's). */
  scan(what: { qr: string } | { code: string }): Promise<Scan>;
  /** Let in within the grace, as a supervisor: the code of a LATE_GRACE scan or of a found booking. */
  admitLate(code: string): Promise<Scan>;
  undo(nonce: string, reason: string): Promise<Undo>;
  /** The officer has read this difference. */
  seen(nonce: string): Promise<void>;
  /** By a part of the booking code, or by the last digits of the phone number; at least four characters. */
  search(by: { code: string } | { phone: string }): Promise<Search>;
  /** The present moment as the server would tell it: milliseconds since 1970. */
  now(): number;
}
