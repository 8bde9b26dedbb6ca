/** What the door asks of the phone on which it runs. */
export interface Phone {
  /** Milliseconds since 1970 by the phone's own clock, right or wrong. */
  now(): number;
  /** Somebody looks at the page. */
  visible(): boolean;
  /** Do this again and again; the result stops it. */
  every(milliseconds: number, job: () => void): () => void;
  /** Do this when the network is back, or when somebody looks at the page again; the result stops it. */
  onWake(job: () => void): () => void;
}

export const browserPhone: Phone = {
  now: () => Date.now(),
  visible: () => !document.hidden,
  every: (milliseconds, job) => {
    const timer = setInterval(job, milliseconds);
    return () => clearInterval(timer);
  },
  onWake: (job) => {
    const listening = new AbortController();
    const { signal } = listening;
    window.addEventListener("online", job, { signal });
    document.addEventListener("visibilitychange", () => document.hidden || job(), { signal });
    return () => listening.abort();
  },
};
