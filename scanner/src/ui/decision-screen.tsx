import { useEffect } from "preact/hooks";
import type { Role, Scan } from "../ports.ts";
import type { Scanning } from "../scanning.ts";
import { DECISION, hour, problem, wholeDay } from "../texts.ts";
import { isUnsent, verdict } from "../verdict.ts";
import { Sign } from "./icons.tsx";
import { Modal } from "./modal.tsx";

const GREEN_MILLISECONDS = 2500;

/** The decision, on the whole screen. A new one takes the place of an old one that nobody dismissed. */
export function DecisionScreen({ role, scanning }: { role: Role; scanning: Scanning }) {
  const shown = scanning.shown.value;
  if (shown === null) return null;
  if (shown === "checking") {
    return (
      <Modal key="checking" class="decision checking" aria-label={DECISION.checking}>
        <p role="status">{DECISION.checking}</p>
      </Modal>
    );
  }
  return <Decided key={shown.nonce} scan={shown} role={role} scanning={scanning} />;
}

function Decided({ scan, role, scanning }: { scan: Scan; role: Role; scanning: Scanning }) {
  const { decision } = scan;
  const { tone, word, hint } = verdict(decision);
  const dismiss = () => scanning.dismiss();
  const code = decision.code;

  useEffect(() => {
    if (tone !== "enter") return undefined;
    const gone = setTimeout(dismiss, GREEN_MILLISECONDS);
    return () => clearTimeout(gone);
  }, []);

  return (
    <Modal
      class={`decision ${tone}`}
      aria-labelledby="word"
      data-outcome={decision.outcome}
      onLeave={dismiss}
      onClick={tone === "enter" ? dismiss : undefined}
    >
      <div class="verdict-words" role="alert">
        <Sign tone={tone} />
        <h2 id="word" class={word.length > 16 ? "long" : ""}>
          {word}
        </h2>
        {hint && <p class="hint">{hint}</p>}
        {scan.problem && <p>{problem(scan.problem)}</p>}
        {decision.queue_number !== undefined && (
          <dl class="seat">
            <div>
              <dt>{DECISION.number}</dt>
              <dd>{decision.queue_number}</dd>
            </div>
            {decision.starts_at && (
              <div>
                <dt>{DECISION.hour}</dt>
                <dd>{hour(decision.starts_at)}</dd>
              </div>
            )}
          </dl>
        )}
        {decision.name && <p class="name">{decision.name}</p>}
        {decision.service_date && decision.service_date !== scan.at.slice(0, 10) && (
          <p>{wholeDay(decision.service_date)}</p>
        )}
        {code && <p class="code">{code}</p>}
        {isUnsent(scan) && <p class="unsent">{DECISION.offline}</p>}
      </div>
      <footer>
        {decision.outcome === "LATE_GRACE" && role === "supervisor" && code && (
          <button type="button" class="main" onClick={() => void scanning.admitLate(code)}>
            {DECISION.admit}
          </button>
        )}
        {/* Has the focus, so that one Enter too many admits nobody. */}
        <button type="button" autofocus onClick={dismiss}>
          {DECISION.next}
        </button>
      </footer>
    </Modal>
  );
}
