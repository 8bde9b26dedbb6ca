import type { Scan } from "../ports.ts";
import { hour, RECENT } from "../texts.ts";
import { isUnsent, verdict } from "../verdict.ts";
import { Icon, Sign } from "./icons.tsx";

/** The last scans; each opens its details. */
export function Recent({ scans, onOpen }: { scans: readonly Scan[]; onOpen: (nonce: string) => void }) {
  return (
    <section class="recent">
      <h2>{RECENT.title}</h2>
      {scans.length === 0 && <p class="none">{RECENT.none}</p>}
      <ol>
        {scans.map((scan) => {
          const { nonce, at, decision, differs } = scan;
          const { tone, word } = verdict(differs ?? decision);
          return (
            <li key={nonce}>
              <button type="button" class={`tone ${tone}`} onClick={() => onOpen(nonce)}>
                <time>{hour(at)}</time>
                <Sign tone={tone} />
                <span class="what">
                  <span class="word">{word}</span>
                  <span class="who">
                    {[decision.queue_number && RECENT.number(decision.queue_number), decision.name ?? decision.code]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                </span>
                {isUnsent(scan) && (
                  <span class="unsent">
                    <Icon name="waiting" />
                    <span class="unseen">{RECENT.offline}</span>
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
