// The API behind the page: what it answers, or that it does not.

import type { Decision, DayList, Found, Problem, Session } from "./contract.ts";
import type { Shown } from "./reading.ts";
import { NoConnection, SessionEnded } from "./session.ts";

/** `POST /checkins`. The same nonce is the same scan, however often it is sent. */
export type CheckIn = Shown & {
  nonce: string;
  device: string;
  /** For a scan that was decided without a connection: ISO 8601 with offset. */
  happened_at?: string;
  /** A supervisor admits within the grace. */
  grace?: true;
};

/** `none`: nobody knows whether the server heard it. A busy or broken server has not answered either. */
export type Unanswered = { kind: "problem"; problem: Problem } | { kind: "none" };
export type Answer<T> = { kind: "answer"; value: T } | Unanswered;
export type DayAnswer = { kind: "list"; list: DayList; etag: string } | { kind: "unchanged"; now: string } | Unanswered;

const PROBLEM_TYPE = /^application\/problem\+json\b/;

/** Ask the API, which lies beside the page, with a token of the session. */
export class Api {
  #session: Pick<Session, "token">;
  #fetch: typeof fetch;
  #timeout: number;

  constructor(session: Pick<Session, "token">, through: typeof fetch = (...asked) => fetch(...asked), timeout = 4000) {
    this.#session = session;
    this.#fetch = through;
    this.#timeout = timeout;
  }

  checkIn(request: CheckIn): Promise<Answer<Decision>> {
    return this.#ask("POST", "checkins", "outcome", request);
  }

  undo(nonce: string, reason: string, device: string): Promise<Answer<Decision>> {
    return this.#ask("DELETE", `checkins/${nonce}`, "outcome", { reason, device });
  }

  search(date: string, by: { code: string } | { phone: string }): Promise<Answer<{ bookings: Found[] }>> {
    return this.#ask("GET", `days/${date}/search?${new URLSearchParams(by)}`, "bookings");
  }

  async day(date: string, etag: string | undefined): Promise<DayAnswer> {
    const response = await this.#send("GET", `days/${date}`, undefined, etag);
    if (response?.status === 304) return { kind: "unchanged", now: response.headers.get("Antrian-Now") ?? "" };
    const answer = await answerIn<DayList>(response, "bookings");
    return answer.kind === "answer"
      ? { kind: "list", list: answer.value, etag: response?.headers.get("ETag") ?? "" }
      : answer;
  }

  async #ask<T>(method: string, path: string, key: keyof T & string, body?: object): Promise<Answer<T>> {
    return answerIn<T>(await this.#send(method, path, body), key);
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
      if (isSilence(error)) return null;
      throw error;
    }
  }
}

/** Return what a response says. Only what has the API's own form is its answer: hotspots answer for anybody. */
async function answerIn<T>(response: Response | null, key: keyof T & string): Promise<Answer<T>> {
  if (response === null || response.status === 429 || response.status >= 500) return { kind: "none" };
  try {
    if (response.ok) {
      const value = await response.json();
      if (Object.hasOwn(value, key)) return { kind: "answer", value };
    } else if (PROBLEM_TYPE.test(response.headers.get("Content-Type") ?? "")) {
      return { kind: "problem", problem: await response.json() };
    }
  } catch (error) {
    // The connection can break, or the time run out, in the middle of the body.
    if (!isSilence(error) && !(error instanceof SyntaxError)) throw error;
  }
  return { kind: "none" };
}

function isSilence(error: unknown): boolean {
  return (
    error instanceof NoConnection ||
    error instanceof SessionEnded ||
    error instanceof TypeError || // what fetch calls a network that is not there
    error instanceof DOMException
  );
}
