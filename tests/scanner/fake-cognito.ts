interface User {
  password: string;
  groups: string[];
  isNew: boolean;
}

/** What the page asks; which of it is there depends on the action. */
interface Request {
  AuthFlow?: string;
  AuthParameters: Record<string, string>;
  ChallengeResponses: Record<string, string>;
  Session: string;
  Token: string;
}

/** The user pool of the staff, as far as the page uses it. */
export class FakeCognito {
  connected = true;
  /** What is answered instead, whatever is asked. */
  instead: (() => Response) | null = null;
  /** When there is one, the next answer waits for it. */
  gate: Promise<void> | null = null;
  users = new Map<string, User>();
  revoked: string[] = [];
  asked: string[] = [];
  #challenges = new Map<string, string>();
  #made = 0;

  add(username: string, password: string, groups: string[], isNew = false): void {
    this.users.set(username, { password, groups, isNew });
  }

  fetch: typeof fetch = async (_url, init = {}) => {
    if (!this.connected) throw new TypeError("Failed to fetch");
    const action = new Headers(init.headers).get("X-Amz-Target")?.split(".")[1] ?? "";
    const asked = JSON.parse(String(init.body));
    this.asked.push(asked.AuthFlow ?? action);
    const gate = this.gate;
    this.gate = null;
    await gate;
    return this.instead?.() ?? this.#answer(action, asked);
  };

  #answer(action: string, asked: Request): Response {
    if (action === "RevokeToken") {
      this.revoked.push(asked.Token);
      return new Response("");
    }
    if (action === "RespondToAuthChallenge") return this.#newPassword(asked.Session, asked.ChallengeResponses);
    if (asked.AuthFlow === "REFRESH_TOKEN_AUTH") return this.#refresh(asked.AuthParameters.REFRESH_TOKEN ?? "");
    const { USERNAME = "", PASSWORD } = asked.AuthParameters;
    const user = this.users.get(USERNAME);
    if (user?.password !== PASSWORD) return refusal("NotAuthorizedException", "Incorrect username or password.");
    if (!user?.isNew) return this.#tokens(USERNAME, `refresh:${USERNAME}:${++this.#made}`);
    const session = `challenge-${++this.#made}`;
    this.#challenges.set(session, USERNAME);
    return Response.json({ ChallengeName: "NEW_PASSWORD_REQUIRED", Session: session });
  }

  #newPassword(session: string, { USERNAME, NEW_PASSWORD }: Record<string, string>): Response {
    const isOpen = this.#challenges.get(session) === USERNAME && this.#challenges.delete(session);
    const user = this.users.get(USERNAME ?? "");
    if (!isOpen || !user) return refusal("NotAuthorizedException", "Invalid session for the user.");
    if ((NEW_PASSWORD ?? "").length < 12) return refusal("InvalidPasswordException", "Password not long enough");
    Object.assign(user, { password: NEW_PASSWORD, isNew: false });
    return this.#tokens(USERNAME ?? "", `refresh:${USERNAME}:${++this.#made}`);
  }

  #refresh(token: string): Response {
    const username = token.split(":")[1] ?? "";
    if (this.revoked.includes(token) || !this.users.has(username)) {
      return refusal("NotAuthorizedException", "Refresh Token has been revoked");
    }
    return this.#tokens(username);
  }

  #tokens(username: string, refresh?: string): Response {
    const groups = this.users.get(username)?.groups ?? [];
    const claims = { username, ...(groups.length > 0 && { "cognito:groups": groups }), jti: ++this.#made };
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    const result = { AccessToken: `e30.${payload}.signature`, ExpiresIn: 900 };
    return Response.json({ AuthenticationResult: { ...result, ...(refresh && { RefreshToken: refresh }) } });
  }
}

export function refusal(type: string, message: string): Response {
  return Response.json({ __type: `com.amazonaws.cognito#${type}`, message }, { status: 400 });
}

/** Tabs of one browser: what one stores, the others are told. */
export class Browser {
  #stored = new Map<string, string>();
  #tabs: EventTarget[] = [];

  tab() {
    const tabs = new EventTarget();
    this.#tabs.push(tabs);
    const tell = (key: string) => {
      for (const other of this.#tabs) {
        if (other !== tabs) other.dispatchEvent(Object.assign(new Event("storage"), { key }));
      }
    };
    const storage = {
      getItem: (key: string) => this.#stored.get(key) ?? null,
      setItem: (key: string, value: string) => {
        this.#stored.set(key, value);
        tell(key);
      },
      removeItem: (key: string) => {
        this.#stored.delete(key);
        tell(key);
      },
    };
    return { storage, tabs };
  }
}
