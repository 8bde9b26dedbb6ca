import type { Door } from "../ports.ts";
import { STATE } from "../texts.ts";
import { useNow } from "./now.ts";

/** Show at all times whether there is a connection, how old the list is, and how many scans are unsent. */
export function StateLine({ door }: { door: Door }) {
  const now = useNow(door);
  const today = door.today.value;
  const online = door.online.value;
  const unsent = door.unsent.value;
  return (
    <p class={online ? "state" : "state offline"}>
      <span class="connection" role="status">
        {online ? STATE.online : STATE.offline}
      </span>
      <span>
        {today ? STATE.list(today.listed_at, Math.floor((now - Date.parse(today.listed_at)) / 60_000)) : STATE.noList}
      </span>
      {unsent > 0 && <strong>{STATE.unsent(unsent)}</strong>}
    </p>
  );
}
