import type { Door, Role } from "../ports.ts";
import type { Scanning } from "../scanning.ts";
import { DECISION, DETAILS, hour, wholeDay } from "../texts.ts";
import { isUnsent, verdict } from "../verdict.ts";
import { Sign } from "./icons.tsx";
import { Sheet } from "./modal.tsx";
import { useNow } from "./now.ts";
import { Undo } from "./undo.tsx";

const UNDO_MILLISECONDS = 15 * 60_000;

interface DetailsProps {
  nonce: string;
  role: Role;
  door: Door;
  scanning: Scanning;
  onLeave: () => void;
}

/** One of the recent scans, and what can still be done about it. */
export function Details({ nonce, role, door, scanning, onLeave }: DetailsProps) {
  const now = useNow(door);
  const scan = door.recent.value.find((recent) => recent.nonce === nonce);
  if (!scan) return null;
  const decision = scan.differs ?? scan.decision;
  const { tone, word, hint } = verdict(decision);
  const { code, void_after } = decision;
  const undoable =
    decision.outcome === "OK" && (role === "supervisor" || now - Date.parse(scan.at) < UNDO_MILLISECONDS);
  const admissible =
    decision.outcome === "LATE_GRACE" && role === "supervisor" && void_after && now <= Date.parse(void_after);

  return (
    <Sheet title={`${DETAILS.scanned} ${hour(scan.at)}`} onLeave={onLeave}>
      <p class={`verdict tone ${tone}`}>
        <Sign tone={tone} />
        <span>
          <strong>{word}</strong> {hint}
        </span>
      </p>
      {isUnsent(scan) && <p>{DETAILS.offline}</p>}
      <dl class="facts">
        <Fact term={DETAILS.number} value={decision.queue_number?.toString()} />
        <Fact term={DETAILS.hour} value={decision.starts_at && hour(decision.starts_at)} />
        <Fact term={DETAILS.date} value={decision.service_date && wholeDay(decision.service_date)} />
        <Fact term={DETAILS.name} value={decision.name} />
        <Fact term={DETAILS.code} value={code} />
      </dl>
      {admissible && code && (
        <button
          type="button"
          class="main"
          onClick={() => {
            onLeave();
            void scanning.admitLate(code);
          }}
        >
          {DECISION.admit}
        </button>
      )}
      {undoable && <Undo door={door} nonce={nonce} />}
    </Sheet>
  );
}

function Fact({ term, value }: { term: string; value: string | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}
