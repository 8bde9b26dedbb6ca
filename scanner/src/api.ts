// Sends requests to the API and tells its answers from everything else that may come back.

import type { CheckInRequest, DayList, Decision, Problem, SearchResult, UndoRequest } from "./api-types.ts";
import type { Session } from "./ports.ts";
import { NoConnection, SessionEnded } from "./session.ts";
import type { PresentedCode } from "./verification.ts";

/** `POST /checkins`. The same nonce is the same scan, however often it is sent. */
export type CheckIn = PresentedCode & Omit<CheckInRequest, "code" | "qr">;

/**
 * No answer, so nobody knows whether the server acted on the request. `none`: nobody answered, or the server refuses
 * every request at the moment. `fault`: the server seems to have failed on this one.
 */
export type NoAnswer = { kind: "none" | "fault" };
type Failure = { kind: "problem"; problem: Problem } | NoAnswer;
export type Answer<T> = { kind: "answer"; value: T } | Failure;
export type DayAnswer =
  | { kind: "list"; list: DayList; etag: string; now: string }
  | { kind: "unchanged"; now: string }
  | Failure;

/** No valid token, or too many requests: these say nothing about the request itself. */
const SAID_TO_ANY_REQUEST = new Set([401, 429]);
const PROBLEM_TYPE = /^application\/problem\+json\b/;

/** Call the API, whose paths are relative to the page's, with the session's token. */
export class Api {
  #session: Pick<Session, "token">;
  #fetch: typeof fetch;
  #timeout: number;

  constructor(session: Pick<Session, "token">, send: typeof fetch = (...request) => fetch(...request), timeout = 4000) {
    this.#session = session;
    this.#fetch = send;
    this.#timeout = timeout;
  }

  checkIn(request: CheckIn): Promise<Answer<Decision>> {
    return this.#ask("POST", "checkins", "outcome", request);
  }

  undo(nonce: string, reason: string, device: string): Promise<Answer<Decision>> {
    const request: UndoRequest = { reason, device };
    return this.#ask("DELETE", `checkins/${nonce}`, "outcome", request);
  }

  search(date: string, by: { code: string } | { phone: string }): Promise<Answer<SearchResult>> {
    return this.#ask("GET", `days/${date}/search?${new URLSearchParams(by)}`, "bookings");
  }

  async day(date: string, etag: string | undefined): Promise<DayAnswer> {
    const response = await this.#send("GET", `days/${date}`, undefined, etag);
    const now = response?.headers.get("Antrian-Now");
    if (response?.status === 304) return { kind: "unchanged", now: now ?? "" };
    const answer = await parseAnswer<DayList>(response, "bookings");
    if (answer.kind !== "answer") return answer;
    const { value: list } = answer;
    return { kind: "list", list, etag: response?.headers.get("ETag") ?? "", now: now ?? list.now };
  }

  async #ask<T>(method: string, path: string, key: keyof T & string, body?: object): Promise<Answer<T>> {
    return parseAnswer<T>(await this.#send(method, path, body), key);
  }

  async #send(method: string, path: string, body?: object, etag?: string): Promise<Response | null> {
    const attempt = (token: string) =>
      this.#fetch(path, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...(etag && { "If-None-Match": etag }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // A hotspot's own sign-in page redirects whatever is asked.
        redirect: "error",
        signal: AbortSignal.timeout(this.#timeout),
      });
    try {
      const token = await this.#session.token();
      const response = await attempt(token);
      return response.status === 401 ? await attempt(await this.#session.token(token)) : response;
    } catch (error) {
      if (isNoAnswer(error)) return null;
      throw error;
    }
  }
}

/** Tell whether the server answered: with a decision, a list, or a refusal. */
export function isAnswered<A extends { kind: string }>(answer: A): answer is Exclude<A, NoAnswer> {
  return answer.kind !== "none" && answer.kind !== "fault";
}

/** Return what a response says. It counts as the API's only in the API's own form: hotspots answer any request. */
async function parseAnswer<T>(response: Response | null, key: keyof T & string): Promise<Answer<T>> {
  if (response === null || SAID_TO_ANY_REQUEST.has(response.status)) return { kind: "none" };
  if (response.status >= 500) return { kind: "fault" };
  try {
    if (response.ok) {
      const value = await response.json();
      if (Object.hasOwn(value, key)) return { kind: "answer", value };
    } else if (PROBLEM_TYPE.test(response.headers.get("Content-Type") ?? "")) {
      return { kind: "problem", problem: await response.json() };
    }
  } catch (error) {
    // The connection can break, or the time run out, in the middle of the body.
    if (!isNoAnswer(error) && !(error instanceof SyntaxError)) throw error;
  }
  return { kind: response.ok ? "none" : "fault" };
}

function isNoAnswer(error: unknown): boolean {
  return (
    error instanceof NoConnection ||
    error instanceof SessionEnded ||
    error instanceof TypeError || // what fetch calls a network that is not there
    error instanceof DOMException
  );
}
