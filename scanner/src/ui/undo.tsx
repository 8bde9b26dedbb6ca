import { useState } from "preact/hooks";
import type { Door } from "../ports.ts";
import { problem, UNDO } from "../texts.ts";

interface UndoProps {
  door: Door;
  nonce: string;
  onUndone?: () => void;
}

/** Take a check-in back, with a reason. */
export function Undo({ door, nonce, onUndone }: UndoProps) {
  const [opened, setOpened] = useState(false);
  const [choice, setChoice] = useState("");
  const [other, setOther] = useState("");
  const [sending, setSending] = useState(false);
  const [refusal, setRefusal] = useState("");

  if (!opened) {
    return (
      <button type="button" onClick={() => setOpened(true)}>
        {UNDO.start}
      </button>
    );
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setRefusal("");
    setSending(true);
    const result = await door.undo(nonce, choice === UNDO.other ? other.trim() : choice);
    setSending(false);
    if (result.kind === "undone") onUndone?.();
    else setRefusal(result.kind === "refused" ? problem(result.problem) : UNDO.noConnection);
  }

  return (
    <form class="undo" onSubmit={submit}>
      <fieldset>
        <legend>{UNDO.question}</legend>
        {[...UNDO.reasons, UNDO.other].map((reason) => (
          <label key={reason} class="choice">
            <input type="radio" name="reason" required checked={choice === reason} onInput={() => setChoice(reason)} />
            {reason}
          </label>
        ))}
      </fieldset>
      {choice === UNDO.other && (
        <label>
          {UNDO.which}
          <input required maxLength={100} value={other} onInput={(event) => setOther(event.currentTarget.value)} />
        </label>
      )}
      <p role="alert" class="refused">
        {refusal}
      </p>
      <button type="submit" class="danger" disabled={sending}>
        {UNDO.submit}
      </button>
    </form>
  );
}
