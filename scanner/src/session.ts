// The staff's session: Cognito over plain fetch, which saves the 40 KB of its library.

import { type ReadonlySignal, signal } from "@preact/signals";

import type { Account, Role, Session, Settings, SignIn } from "./ports.ts";

/** Nobody answered; the session may still be valid. */
export class NoConnection extends Error {}

/** There is no session, or no longer; somebody has to sign in. */
export class SessionEnded extends Error {}

/** Cognito refused a request. */
class Refused extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

interface Tokens {
  access: string;
  refresh: string;
  /** When the access token ends, by the phone's own clock. */
  ends: number;
}

/** The parts of Cognito's answers that are read. */
interface Answer {
  ChallengeName?: string;
  Session?: string;
  AuthenticationResult?: Result;
}

interface Result {
  AccessToken: string;
  RefreshToken?: string;
  ExpiresIn: number;
}

type Refusal = Extract<SignIn, { kind: "refused" }>["reason"];

/** What the session needs of the browser; tests bring their own. */
export interface Dependencies {
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Where `storage` events tell what other tabs have stored. */
  tabs: EventTarget;
  fetch: typeof fetch;
  now(): number;
}

const TIMEOUT = 8000;
const RENEW_BEFORE = 90_000;

export class CognitoSession implements Session {
  readonly account: ReadonlySignal<Account | null>;
  #account = signal<Account | null>(null);
  #url: string;
  #client: string;
  #key: string;
  #dependencies: Dependencies;
  #renewing: Promise<string> | null = null;
  /** Signed in with a temporary password, and has to choose a new one. */
  #newcomer: { username: string; password: string } | null = null;

  constructor({ cognito_url, client_id }: Pick<Settings, "cognito_url" | "client_id">, dependencies: Dependencies) {
    this.account = this.#account;
    this.#url = cognito_url;
    this.#client = client_id;
    this.#key = `antrian.session.${client_id}`;
    this.#dependencies = dependencies;
    dependencies.tabs.addEventListener("storage", (event) => {
      const { key } = event as StorageEvent;
      if (key === this.#key || key === null) this.#show();
    });
  }

  async restore(): Promise<void> {
    this.#show();
  }

  signIn(username: string, password: string): Promise<SignIn> {
    return this.#attempt(async () => {
      const answer = await this.#password(username.trim(), password);
      if (answer.ChallengeName !== "NEW_PASSWORD_REQUIRED") return this.#begin(answer);
      this.#newcomer = { username: username.trim(), password };
      return { kind: "new_password_needed" };
    });
  }

  newPassword(password: string): Promise<SignIn> {
    return this.#attempt(async () => {
      if (this.#newcomer === null) throw new Error("nobody was asked for a new password");
      const { username, password: first } = this.#newcomer;
      // Cognito's challenge is good for three minutes and one attempt. People take longer and more: begin anew.
      const challenge = await this.#password(username, first);
      return this.#begin(
        await this.#cognito("RespondToAuthChallenge", {
          ChallengeName: "NEW_PASSWORD_REQUIRED",
          Session: challenge.Session,
          ChallengeResponses: { USERNAME: username, NEW_PASSWORD: password },
        }),
      );
    });
  }

  async signOut(): Promise<void> {
    const tokens = this.#tokens();
    this.#end();
    if (tokens !== null) await this.#revoke(tokens.refresh);
  }

  async token(refused?: string): Promise<string> {
    const tokens = this.#tokens();
    if (tokens === null) throw this.#ended();
    const left = tokens.access === refused ? 0 : tokens.ends - this.#dependencies.now();
    if (left > RENEW_BEFORE) return tokens.access;
    this.#renewing ??= this.#renew(tokens.access).finally(() => (this.#renewing = null));
    try {
      return await this.#renewing;
    } catch (error) {
      if (error instanceof NoConnection && left > 0) return tokens.access;
      throw error;
    }
  }

  /** Renew `old`, once for all tabs. */
  #renew(old: string): Promise<string> {
    return navigator.locks.request(this.#key, async () => {
      const tokens = this.#tokens();
      if (tokens === null) throw this.#ended();
      if (tokens.access !== old) return tokens.access; // another tab was first
      const result = await this.#refreshed(tokens);
      // Signed out meanwhile; perhaps somebody else has signed in.
      if (this.#tokens()?.access !== old) throw new SessionEnded();
      this.#keep(result, tokens.refresh);
      if (this.#account.value === null) throw this.#ended(result.AccessToken); // no longer of the staff
      return result.AccessToken;
    });
  }

  async #refreshed({ access, refresh }: Tokens): Promise<Result> {
    try {
      const { AuthenticationResult: result } = await this.#cognito("InitiateAuth", {
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: refresh },
      });
      if (result === undefined) throw new NoConnection("not an answer of Cognito's");
      return result;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw reasonOf(error) === "too_often" ? new NoConnection(error.type) : this.#ended(access);
    }
  }

  async #attempt(attempt: () => Promise<SignIn>): Promise<SignIn> {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Refused) return { kind: "refused", reason: reasonOf(error) };
      if (error instanceof NoConnection) return { kind: "refused", reason: "no_connection" };
      throw error;
    }
  }

  async #begin({ ChallengeName, AuthenticationResult: result }: Answer): Promise<SignIn> {
    this.#newcomer = null;
    if (ChallengeName !== undefined) return { kind: "refused", reason: "unknown_challenge" };
    if (result?.RefreshToken === undefined) throw new NoConnection("not an answer of Cognito's");
    const account = accountIn(result.AccessToken);
    if (account === null) {
      await this.#revoke(result.RefreshToken);
      return { kind: "refused", reason: "not_staff" };
    }
    this.#keep(result, result.RefreshToken);
    return { kind: "signed_in", account };
  }

  #password(username: string, password: string): Promise<Answer> {
    return this.#cognito("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: username, PASSWORD: password },
    });
  }

  /** Best effort: without a network the token lives on, unknown to anybody, until its twelve hours are over. */
  async #revoke(refresh: string): Promise<void> {
    await this.#cognito("RevokeToken", { Token: refresh }).catch(() => null);
  }

  async #cognito(action: string, asked: object): Promise<Answer> {
    let response: Response;
    let body: Answer & { __type?: string; message?: string };
    try {
      response = await this.#dependencies.fetch(this.#url, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}`,
        },
        body: JSON.stringify({ ClientId: this.#client, ...asked }),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const text = await response.text();
      body = text === "" ? {} : JSON.parse(text); // RevokeToken says nothing
    } catch (error) {
      throw new NoConnection(action, { cause: error });
    }
    if (response.ok) return body;
    const type =
      String(body.__type ?? "")
        .split("#")
        .at(-1) ?? "";
    if (response.status >= 500 || type === "") throw new NoConnection(action);
    throw new Refused(type, String(body.message ?? ""));
  }

  // localStorage, because a session has to survive a reload and the start of an installed page. A script that runs in
  // this page could read it; that no foreign script does is the work of the strict Content-Security-Policy.
  #tokens(): Tokens | null {
    const kept = this.#dependencies.storage.getItem(this.#key);
    return kept === null ? null : JSON.parse(kept);
  }

  #keep(result: Result, refresh: string): void {
    const tokens: Tokens = {
      access: result.AccessToken,
      refresh: result.RefreshToken ?? refresh,
      ends: this.#dependencies.now() + result.ExpiresIn * 1000,
    };
    this.#dependencies.storage.setItem(this.#key, JSON.stringify(tokens));
    this.#show();
  }

  #show(): void {
    const tokens = this.#tokens();
    const account = tokens && accountIn(tokens.access);
    // A renewed token means the same account; the screens must not start afresh.
    if (JSON.stringify(account) !== JSON.stringify(this.#account.value)) this.#account.value = account;
  }

  #end(): void {
    this.#dependencies.storage.removeItem(this.#key);
    this.#account.value = null;
  }

  /** End the session of this access token, not that of somebody who signed in meanwhile. */
  #ended(access?: string): SessionEnded {
    if (this.#tokens()?.access === access) this.#end();
    return new SessionEnded();
  }
}

/** Return whose access token this is, null when not of the staff. For display only: the API verifies the token. */
function accountIn(token: string): Account | null {
  const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes));
  const groups: string[] = claims["cognito:groups"] ?? [];
  const role = (["supervisor", "officer"] satisfies Role[]).find((name) => groups.includes(name));
  return role === undefined ? null : { username: claims.username, role };
}

function reasonOf({ type, message }: Refused): Refusal {
  if (type === "InvalidPasswordException") return "weak_password";
  if (type === "TooManyRequestsException" || type === "LimitExceededException") return "too_often";
  if (/attempts exceeded/i.test(message)) return "too_often";
  if (type === "PasswordResetRequiredException" || /password has expired/i.test(message)) return "expired_password";
  return "wrong";
}
