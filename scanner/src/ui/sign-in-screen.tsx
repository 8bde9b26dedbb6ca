import { useState } from "preact/hooks";
import type { Session, SignIn } from "../ports.ts";
import { PASSWORD_RULES, SIGN_IN } from "../texts.ts";
import { Sign } from "./icons.tsx";

/** Ask for name and password, and at the first sign-in for a new password. The session tells when it is done. */
export function SignInScreen({ office, session }: { office: string; session: Session }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [dotted, setDotted] = useState(true);
  const [renewing, setRenewing] = useState(false);
  const [sending, setSending] = useState(false);
  const [refusal, setRefusal] = useState("");

  async function send(answer: Promise<SignIn>): Promise<void> {
    setRefusal("");
    setSending(true);
    const result = await answer;
    setSending(false);
    if (result.kind === "refused") setRefusal(SIGN_IN.refusals[result.reason]);
    if (result.kind === "new_password_needed") {
      setPassword("");
      setRenewing(true);
    }
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    if (!renewing) void send(session.signIn(username.trim(), password));
    else if (!PASSWORD_RULES.every(({ holds }) => holds.test(password))) setRefusal(SIGN_IN.refusals.weak_password);
    else if (password !== repeated) setRefusal(SIGN_IN.different);
    else void send(session.newPassword(password));
  }

  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <img src="scanner/icon.svg" alt="" />
        <p class="office">{office}</p>
        <h1>{renewing ? SIGN_IN.newTitle : SIGN_IN.title}</h1>
        {renewing && <p>{SIGN_IN.newIntro}</p>}
        <Field
          label={SIGN_IN.username}
          autocomplete="username"
          readOnly={renewing}
          value={username}
          onType={setUsername}
        />
        {renewing ? (
          <>
            <Field
              label={SIGN_IN.newPassword}
              autocomplete="new-password"
              dotted={dotted}
              value={password}
              onType={setPassword}
            />
            <Rules password={password} />
            <Field
              label={SIGN_IN.repeat}
              autocomplete="new-password"
              dotted={dotted}
              value={repeated}
              onType={setRepeated}
            />
          </>
        ) : (
          <Field
            label={SIGN_IN.password}
            autocomplete="current-password"
            dotted={dotted}
            value={password}
            onType={setPassword}
          />
        )}
        <label class="choice">
          <input type="checkbox" checked={!dotted} onInput={() => setDotted(!dotted)} />
          {SIGN_IN.show}
        </label>
        <div role="alert">
          {refusal && (
            <p class="refused">
              <Sign tone="refusal" /> {refusal}
            </p>
          )}
        </div>
        <button type="submit" class="main" disabled={sending}>
          {sending ? SIGN_IN.sending : renewing ? SIGN_IN.newSubmit : SIGN_IN.submit}
        </button>
      </form>
    </main>
  );
}

interface FieldProps {
  label: string;
  autocomplete: "username" | "current-password" | "new-password";
  value: string;
  onType: (text: string) => void;
  /** Dots in place of what is typed. */
  dotted?: boolean;
  readOnly?: boolean;
}

function Field({ label, autocomplete, value, onType, dotted = false, readOnly = false }: FieldProps) {
  return (
    <label>
      {label}
      <input
        // Preact types each kind of field by itself, not a choice between two.
        type={(dotted ? "password" : "text") as "password"}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required
        readOnly={readOnly}
        value={value}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  );
}

function Rules({ password }: { password: string }) {
  return (
    <ul class="rules">
      {PASSWORD_RULES.map(({ text, holds }) => {
        const met = holds.test(password);
        return (
          <li key={text} class={met ? "met" : ""}>
            <span aria-hidden="true">{met ? "✓" : "○"}</span> {text}
            <span class="unseen"> ({met ? SIGN_IN.fulfilled : SIGN_IN.open})</span>
          </li>
        );
      })}
    </ul>
  );
}
