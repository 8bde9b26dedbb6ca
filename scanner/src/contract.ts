// What the parts of the page agree on: the API's shapes, and what the door offers to what is seen.

import type { ReadonlySignal } from "@preact/signals";

/** What the server decides; docs/openapi.yaml and antrian.domain.door have the same names. */
export type ServerOutcome =
  | "OK" // let in
  | "EARLY" // before the window
  | "LATE_GRACE" // inside the grace: a supervisor may admit
  | "USED" // another scan was here first
  | "EXPIRED" // after the grace, or a past day
  | "WRONG_DAY" // for a day to come
  | "WRONG_OFFICE" // another office's code
  | "CANCELLED" // withdrawn or replaced
  | "UNCONFIRMED" // never approved
  | "UNKNOWN" // no such code, or a QR of something else
  | "FORGED" // a QR in our form whose signature is not the office's
  | "MISTYPED" // typed, and its check character does not fit
  | "UNDONE"; // this very scan let somebody in, and was undone since

/** What only the page can say, because it knows too little. Both are grey, and neither is recorded. */
export type Outcome =
  | ServerOutcome
  | "NOT_LISTED" // offline, and not on the list that the page has
  | "NO_ANSWER"; // offline without a list of today

export type Role = "officer" | "supervisor";

/** A decision as the API sends it and as the page makes it offline. Moments are ISO 8601 with the office's offset. */
export interface Decision {
  outcome: Outcome;
  /** Shown with its dashes. */
  code?: string;
  /** Masked: `BUDI S.` */
  name?: string;
  service_date?: string;
  queue_number?: number;
  starts_at?: string;
  opens_at?: string;
  void_after?: string;
  /** For OK and USED: when the holder was let in, which for USED is the first time. */
  checked_in_at?: string;
  cancelled_at?: string;
  undone_at?: string;
  /** For WRONG_OFFICE: the name of the office that it is for. */
  office?: string;
  /** A supervisor let the holder in within the grace. */
  admitted_late?: boolean;
}

export type ListedState = "CONFIRMED" | "CHECKED_IN" | "EXPIRED";

/** One booking of the day's list. */
export interface Listed {
  /** SHA-256 of the booking code without dashes, in hex. */
  hash: string;
  name: string;
  queue_number: number;
  starts_at: string;
  opens_at: string;
  void_after: string;
  state: ListedState;
  checked_in_at?: string;
  /** WhatsApp could not bring the ticket: its holder may not have the code. */
  ticket_undelivered?: boolean;
}

/** `GET /days/{date}` */
export interface DayList {
  office: string;
  date: string;
  /** The server's time when it made the list. */
  now: string;
  /** In the order of the queue numbers. */
  bookings: Listed[];
}

/** `GET /days/{date}/search`, for supervisors. */
export interface Found extends Omit<Listed, "hash"> {
  code: string;
  /** The last four digits behind dots, absent for people whose number is hidden. */
  phone?: string;
  /** The scan that let the holder in, by which it can be undone. */
  nonce?: string;
}

/** RFC 9457, with a code that never changes. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
}

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
  /** Decided from the list, and not told to the server yet. */
  offline: boolean;
  /** What the server said later, where it differs from what the officer was shown. */
  differs?: Decision;
  /** Why the server took this scan not at all: the decision, or what differs, is NO_ANSWER. */
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
  /** Continue the session of before the reload, if there is one. */
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
  | { kind: "found"; bookings: Found[] }
  | { kind: "refused"; problem: Problem }
  | { kind: "no_connection" };

/** Today at the office, as far as the page knows. */
export interface Today {
  date: string;
  /** When the list was made; its age is always shown. */
  listed_at: string;
  bookings: Listed[];
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
  /** Scans of which the server said later something else than the officer was shown, until each is `seen`. */
  readonly differences: ReadonlySignal<readonly Scan[]>;
  /** Load what the device kept and begin to refresh and send in the background. */
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
