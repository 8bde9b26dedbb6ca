// Whether the server answers, learned from every request.

import { signal } from "@preact/signals";
import { isAnswered } from "./api.ts";

export class Connection {
  /** False from the first request that nobody answered until somebody answers again. */
  readonly online = signal(true);
  readonly #onReturn: () => void;

  /** `onReturn` is called when somebody answers again. */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  /** Send a request, and learn from its answer. A server that breaks on one request may answer the others. */
  async ask<A extends { kind: string }>(request: () => Promise<A>): Promise<A> {
    const answer = await request();
    if (answer.kind === "none") this.online.value = false;
    if (isAnswered(answer) && !this.online.value) {
      this.online.value = true;
      this.#onReturn();
    }
    return answer;
  }
}
