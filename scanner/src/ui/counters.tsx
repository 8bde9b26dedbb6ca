import type { BookingState, ListedBooking } from "../api-types.ts";
import type { Door } from "../ports.ts";
import { COUNTERS, hour } from "../texts.ts";
import { useNow } from "./now.ts";

/** Show how many have come, and which hour is being served. */
export function Counters({ door }: { door: Door }) {
  const now = useNow(door);
  const bookings = door.today.value?.bookings;
  const count = (state: BookingState) => bookings?.filter((booking) => booking.state === state).length ?? 0;
  const expired = count("EXPIRED");
  return (
    <section class="counters" aria-label={COUNTERS.title}>
      <dl>
        <div>
          <dt>{COUNTERS.entered}</dt>
          <dd>{bookings ? count("CHECKED_IN") : "–"}</dd>
        </div>
        <div>
          <dt>{COUNTERS.total}</dt>
          <dd>{bookings?.length ?? "–"}</dd>
        </div>
        <div>
          <dt>{COUNTERS.expected}</dt>
          <dd>
            {bookings ? count("CONFIRMED") : "–"}
            {expired > 0 && <small> {COUNTERS.void(expired)}</small>}
          </dd>
        </div>
      </dl>
      {bookings && bookings.length > 0 && <Serving bookings={bookings} now={now} />}
    </section>
  );
}

/** Show the last hour that has begun, or the first one before the day begins. */
function Serving({ bookings, now }: { bookings: ListedBooking[]; now: number }) {
  const hours = bookings.map((booking) => booking.starts_at).sort();
  const begun = hours.filter((starts_at) => Date.parse(starts_at) <= now).at(-1);
  return (
    <p>
      {begun ? COUNTERS.serving : COUNTERS.first} <strong>{hour(begun ?? hours[0]!)}</strong>
    </p>
  );
}
