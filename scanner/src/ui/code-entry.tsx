import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { CODE } from "../texts.ts";

/** After a pause this long, a key begins a new code. */
const PAUSE_MILLISECONDS = 1000;
const EDITED = "input:not([type=radio], [type=checkbox]), textarea, select";

/** Take a typed code. A USB scanner types too, and nobody puts the cursor in the field for it first. */
export function CodeEntry({ prefix, onCode }: { prefix: string; onCode: (code: string) => void }) {
  const typed = useSignal("");
  const field = useRef<HTMLInputElement>(null);

  function submit(): void {
    const code = typed.value.trim();
    if (!code) return;
    typed.value = "";
    // Its keyboard would cover half of the answer.
    if (matchMedia("(pointer: coarse)").matches) field.current!.blur();
    onCode(code);
  }

  useEffect(() => {
    let last = 0;
    const listen = (event: KeyboardEvent) => {
      if ((event.target as Element).matches(EDITED) || event.ctrlKey || event.altKey || event.metaKey) return;
      const goesOn = event.timeStamp - last < PAUSE_MILLISECONDS;
      if (event.key === "Enter" && typed.value && goesOn) {
        // Not a press of the button that happens to have the focus.
        event.preventDefault();
        submit();
      } else if (/^[\w.-]$/.test(event.key)) {
        typed.value = (goesOn ? typed.value : "") + event.key;
        last = event.timeStamp;
      }
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  return (
    <form
      class="code-entry"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label for="code">{CODE.label}</label>
      <div>
        <input
          ref={field}
          id="code"
          placeholder={`${prefix}-XXXX-XXXX`}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          enterkeyhint="go"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <button type="submit">{CODE.submit}</button>
      </div>
    </form>
  );
}
