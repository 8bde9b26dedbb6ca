import { useEffect } from "preact/hooks";
import type { Door } from "../ports.ts";
import { announce } from "../sound.ts";
import { DIFFERENCES, hour, problem, RECENT } from "../texts.ts";
import { verdict } from "../verdict.ts";
import { Undo } from "./undo.tsx";

/** Offline decisions on which the server disagrees. The officer has to acknowledge each. */
export function Differences({ door }: { door: Door }) {
  const differences = door.differences.value;
  const [scan] = differences;

  useEffect(() => {
    if (scan) announce("attention");
  }, [scan?.nonce]);

  if (!scan?.differs) return null;
  const { decision, differs, at, nonce } = scan;
  const refusal = scan.problem && problem(scan.problem);
  const who = decision.name ?? differs.name ?? decision.code ?? "";
  return (
    <section class="difference" role="alert">
      <h2>{DIFFERENCES.title(differences.length)}</h2>
      <p>
        {hour(at)}
        {decision.queue_number && ` · ${RECENT.number(decision.queue_number)}`} · {who}
      </p>
      <dl>
        <div>
          <dt>{DIFFERENCES.shown}</dt>
          <dd>{verdict(decision).word}</dd>
        </div>
        <div>
          <dt>{DIFFERENCES.server}</dt>
          <dd>{refusal ?? verdict(differs).word}</dd>
        </div>
      </dl>
      {differs.outcome === "OK" && (
        <>
          <p>{DIFFERENCES.admitted(who)}</p>
          <Undo key={nonce} door={door} nonce={nonce} />
        </>
      )}
      <button type="button" onClick={() => void door.seen(nonce)}>
        {DIFFERENCES.seen}
      </button>
    </section>
  );
}
