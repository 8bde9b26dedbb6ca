import { useState } from "preact/hooks";
import type { FoundBooking } from "../api-types.ts";
import type { Door, Search as Result } from "../ports.ts";
import { outcomeAt } from "../rules.ts";
import type { Scanning } from "../scanning.ts";
import { DECISION, hour, problem, RECENT, SEARCH } from "../texts.ts";
import { verdict } from "../verdict.ts";
import { Sign } from "./icons.tsx";
import { Sheet } from "./modal.tsx";
import { useNow } from "./now.ts";
import { Undo } from "./undo.tsx";

interface SearchProps {
  door: Door;
  scanning: Scanning;
  onLeave: () => void;
}

/** Let supervisors find the bookings of people who cannot show a code, and check them in. */
export function Search({ door, scanning, onLeave }: SearchProps) {
  const [by, setBy] = useState<"code" | "phone">("code");
  const [sought, setSought] = useState("");
  const [result, setResult] = useState<Result | null>(null);
  const now = useNow(door);

  async function search(): Promise<void> {
    setResult(await door.search(by === "code" ? { code: sought.trim() } : { phone: sought.trim() }));
  }

  /** Search again after an action, which may have changed what was found. */
  const after = (action: Promise<void>) => void action.then(search);

  return (
    <Sheet title={SEARCH.title} onLeave={onLeave}>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <fieldset>
          <legend>{SEARCH.by}</legend>
          {(["code", "phone"] as const).map((way) => (
            <label key={way} class="choice">
              <input
                type="radio"
                name="by"
                checked={by === way}
                onInput={() => {
                  setBy(way);
                  setResult(null);
                }}
              />
              {SEARCH[way]}
            </label>
          ))}
        </fieldset>
        <label>
          {by === "code" ? SEARCH.codeHint : SEARCH.phoneHint}
          <input
            type="search"
            autofocus
            required
            minLength={4}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            inputMode={by === "code" ? "text" : "numeric"}
            value={sought}
            onInput={(event) => setSought(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="main">
          {SEARCH.submit}
        </button>
      </form>
      <p role="status">{result && resultText(result)}</p>
      {result?.kind === "found" && (
        <ul class="found">
          {result.bookings.map((booking) => (
            <li key={booking.code}>
              <Card
                booking={booking}
                now={now}
                door={door}
                onCheckIn={() => after(scanning.type(booking.code))}
                onAdmit={() => after(scanning.admitLate(booking.code))}
                onUndone={search}
              />
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

function resultText(result: Result): string {
  if (result.kind === "no_connection") return SEARCH.noConnection;
  if (result.kind === "refused") return problem(result.problem);
  return result.bookings.length > 0 ? SEARCH.found(result.bookings.length) : SEARCH.none;
}

interface CardProps {
  booking: FoundBooking;
  now: number;
  door: Door;
  onCheckIn: () => void;
  onAdmit: () => void;
  onUndone: () => void;
}

function Card({ booking, now, door, onCheckIn, onAdmit, onUndone }: CardProps) {
  const due = outcomeAt(now, booking);
  // What a scan would say now. The server decides when it is asked.
  const { tone, word, hint } = verdict({ outcome: due, ...booking });
  return (
    <article aria-label={booking.code}>
      <p class="code">{booking.code}</p>
      <p>
        <strong>{booking.name}</strong> · {RECENT.number(booking.queue_number)} · {hour(booking.starts_at)}
        {booking.phone && <> · {booking.phone}</>}
      </p>
      {booking.ticket_undelivered && <p class="undelivered">{SEARCH.ticketUndelivered}</p>}
      {due !== "OK" && (
        <p class={`verdict tone ${tone}`}>
          <Sign tone={tone} />
          <span>
            <strong>{word}</strong> {due === "LATE_GRACE" ? "" : hint}
          </span>
        </p>
      )}
      {due === "OK" && (
        <button type="button" class="main" onClick={onCheckIn}>
          {SEARCH.checkIn}
        </button>
      )}
      {due === "LATE_GRACE" && (
        <button type="button" class="main" onClick={onAdmit}>
          {DECISION.admit}
        </button>
      )}
      {due === "USED" && booking.nonce && <Undo door={door} nonce={booking.nonce} onUndone={onUndone} />}
    </article>
  );
}
