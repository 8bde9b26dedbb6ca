import type { CheckIn } from "../../scanner/src/api.ts";
import { formatBookingCode, hashOf, readBookingCode } from "../../scanner/src/codes.ts";
import type { Decision } from "../../scanner/src/ports.ts";
import { importKey } from "../../scanner/src/qr.ts";
import { decide, type ExpectedBooking } from "../../scanner/src/rules.ts";
import { isoIn } from "../../scanner/src/time.ts";
import { verify } from "../../scanner/src/verification.ts";
import { SETTINGS } from "./office.ts";

export interface Asked {
  method: string;
  path: string;
  body: Partial<CheckIn>;
  status: number;
}

const key = await importKey(SETTINGS.public_key);
/** So far in the future may be what is told to have happened. */
const AHEAD = 2 * 60_000;
const iso = isoIn(SETTINGS.time_zone);

/** The API behind the page, at the end of a line that can be cut. */
export class FakeServer {
  connected = true;
  /** So many of the next answers get lost on the way back. */
  losing = 0;
  /** When there is one, the next request waits for it. */
  gate: Promise<void> | null = null;
  asked: Asked[] = [];
  bookings: ExpectedBooking[] = [];
  cancelled = new Set<string>();
  decisions = new Map<string, Decision>();
  /** What was shown in each scan. */
  shown = new Map<string, string>();
  now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  posts(): Asked[] {
    return this.asked.filter(({ method }) => method === "POST");
  }

  lists(): Asked[] {
    return this.asked.filter(({ path }) => /^days\/[\d-]+$/.test(path));
  }

  fetch: typeof fetch = async (url, init = {}) => {
    if (!this.connected) throw new TypeError("Failed to fetch");
    const path = String(url);
    const method = init.method ?? "GET";
    const body = init.body === undefined ? {} : JSON.parse(String(init.body));
    const response = await this.#answer(method, path, body, new Headers(init.headers));
    this.asked.push({ method, path, body, status: response.status });
    const gate = this.gate;
    this.gate = null;
    await gate;
    if (this.losing > 0) {
      this.losing -= 1;
      throw new DOMException("signal timed out", "TimeoutError");
    }
    if (!this.connected) throw new TypeError("network error");
    return response;
  };

  async #answer(method: string, path: string, body: CheckIn & { reason: string }, headers: Headers): Promise<Response> {
    if (method === "GET") return this.#day(path.split("/")[1] ?? "", headers.get("If-None-Match"));
    if (method === "DELETE") return this.#undo(path.split("/")[1] ?? "");
    if (!body.device) return problem(400, "device_invalid");
    if (Date.parse(body.happened_at ?? "") > this.now() + AHEAD) return problem(400, "happened_at_invalid");
    const text = "qr" in body ? body.qr : body.code;
    if ((this.shown.get(body.nonce) ?? text) !== text) return problem(409, "nonce_taken");
    this.shown.set(body.nonce, text);
    const decision = this.decisions.get(body.nonce) ?? (await this.#decide(body));
    this.decisions.set(body.nonce, decision);
    return Response.json(decision);
  }

  async #decide(request: CheckIn): Promise<Decision> {
    const verification = await verify(request, SETTINGS, key);
    const at = request.happened_at ?? iso(this.now());
    if ("hash" in verification && this.cancelled.has(verification.hash)) {
      return { outcome: "CANCELLED", code: formatBookingCode(verification.code) };
    }
    const moment = { at, nonce: request.nonce, grace: request.grace === true };
    const decision = decide(verification, { date: at.slice(0, 10), bookings: this.bookings }, moment);
    const booking = this.bookings.find(({ hash }) => "hash" in verification && hash === verification.hash);
    if (decision.outcome === "OK" && booking) {
      Object.assign(booking, { state: "CHECKED_IN", checked_in_at: at, checked_in_by: request.nonce });
    }
    return decision;
  }

  async #undo(nonce: string): Promise<Response> {
    const decision = this.decisions.get(nonce);
    if (decision === undefined) return problem(404, "scan_unknown");
    const hash = await hashOf(readBookingCode(decision.code ?? "") ?? "");
    const booking = this.bookings.find((listed) => listed.hash === hash);
    if (booking) {
      booking.state = "CONFIRMED";
      delete booking.checked_in_at;
    }
    const undone: Decision = { ...decision, outcome: "UNDONE", undone_at: iso(this.now()) };
    this.decisions.set(nonce, undone);
    return Response.json(undone);
  }

  #day(date: string, has: string | null): Response {
    const now = iso(this.now()).replace(/\.\d+/, "");
    const bookings = this.bookings.filter(({ starts_at }) => starts_at.startsWith(date));
    const etag = JSON.stringify(JSON.stringify(bookings));
    const headers = { ETag: etag, "Antrian-Now": now };
    if (has === etag) return new Response(null, { status: 304, headers });
    return Response.json({ office: SETTINGS.office, date, now, bookings }, { headers });
  }
}

export function problem(status: number, code: string): Response {
  const content = { type: "about:blank", title: "Refused", status, code, detail: "A detail." };
  return Response.json(content, { status, headers: { "Content-Type": "application/problem+json" } });
}
