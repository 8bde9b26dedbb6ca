// What the API says. Generated from docs/openapi.yaml by scanner/generate-api-types.ts: change that, not this.

export type Identifier = string;
/**
 * - `OK`: let in
 * - `EARLY`: before the hour's window opens
 * - `LATE_GRACE`: within the grace after the hour; a supervisor may admit
 * - `USED`: another scan let the holder in before
 * - `EXPIRED`: after the grace, or for a past day
 * - `WRONG_DAY`: for a day to come
 * - `WRONG_OFFICE`: another office's code
 * - `CANCELLED`: cancelled or replaced
 * - `UNCONFIRMED`: never approved
 * - `UNKNOWN`: no such code, or a QR code of something else
 * - `FORGED`: a QR code in our form whose signature is not the office's
 * - `MISTYPED`: typed, and the check character does not fit
 * - `UNDONE`: this very scan let the holder in, and was undone since
 */
export type Outcome =
  | "OK"
  | "EARLY"
  | "LATE_GRACE"
  | "USED"
  | "EXPIRED"
  | "WRONG_DAY"
  | "WRONG_OFFICE"
  | "CANCELLED"
  | "UNCONFIRMED"
  | "UNKNOWN"
  | "FORGED"
  | "MISTYPED"
  | "UNDONE";
export type BookingState = "CONFIRMED" | "CHECKED_IN" | "EXPIRED";

export interface Schemas {
  Identifier: Identifier;
  CheckInRequest: CheckInRequest;
  UndoRequest: UndoRequest;
  Outcome: Outcome;
  Decision: Decision;
  DayList: DayList;
  ListedBooking: ListedBooking;
  SearchResult: SearchResult;
  FoundBooking: FoundBooking;
  BookingState: BookingState;
  Problem: Problem;
}
/**
 * Exactly one of `code` (typed) and `qr` (scanned). More properties are ignored.
 */
export interface CheckInRequest {
  /**
   * Case, spaces and dashes do not matter; O counts as 0, I and L as 1
   */
  code?: string;
  /**
   * `ANTRIAN1.<office>.<rest of the code>.<yyyymmdd>.<signature>`
   */
  qr?: string;
  /**
   * New for each scan; the same when it is sent again
   */
  nonce: string;
  /**
   * The same for all scans of a phone
   */
  device: string;
  /**
   * When it happened by the phone's clock, which it sets by the server's; at most a week ago. Without it, now
   */
  happened_at?: string | null;
  /**
   * A supervisor admits within the grace
   */
  grace?: boolean;
}
export interface UndoRequest {
  reason: string;
  device: Identifier;
}
/**
 * The outcome, and what an officer needs to see with it. Without a booking there is the outcome only.
 */
export interface Decision {
  outcome: Outcome;
  /**
   * For `WRONG_OFFICE`, the office that the code is for
   */
  office?: string;
  /**
   * With its dashes
   */
  code?: string;
  /**
   * Masked
   */
  name?: string;
  service_date?: string;
  queue_number?: number;
  starts_at?: string;
  opens_at?: string;
  void_after?: string;
  /**
   * For `OK` and `USED`, when the holder was let in; for `USED` that is the first time
   */
  checked_in_at?: string;
  /**
   * A supervisor let the holder in within the grace
   */
  admitted_late?: true;
  cancelled_at?: string;
  undone_at?: string;
}
export interface DayList {
  office: string;
  date: string;
  /**
   * The server's time when it made the list
   */
  now: string;
  /**
   * In the order of the queue numbers
   */
  bookings: ListedBooking[];
}
export interface ListedBooking {
  /**
   * SHA-256 of the booking code without dashes
   */
  hash: string;
  name: string;
  queue_number: number;
  starts_at: string;
  opens_at: string;
  void_after: string;
  state: BookingState;
  checked_in_at?: string;
  /**
   * WhatsApp could not bring the ticket to its holder, who may not have the code
   */
  ticket_undelivered?: true;
}
export interface SearchResult {
  bookings: FoundBooking[];
}
export interface FoundBooking {
  code: string;
  /**
   * The last four digits; absent for people whose number is hidden
   */
  phone?: string;
  /**
   * The scan that let the holder in, by which it can be undone
   */
  nonce?: string;
  name: string;
  queue_number: number;
  starts_at: string;
  opens_at: string;
  void_after: string;
  state: BookingState;
  checked_in_at?: string;
  /**
   * WhatsApp could not bring the ticket to its holder, who may not have the code
   */
  ticket_undelivered?: true;
}
/**
 * RFC 9457; `code` never changes
 */
export interface Problem {
  type: "about:blank";
  title: string;
  status: number;
  code: string;
  detail: string;
}
