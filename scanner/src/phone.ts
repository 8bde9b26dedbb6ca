/** What the door asks of the phone on which it runs. */
export interface Phone {
  /** Return milliseconds since 1970 by the phone's own clock, right or wrong. */
  now(): number;
  /** Tell whether somebody looks at the page. */
  visible(): boolean;
  /** Do a job at intervals. Returns what stops it. */
  every(milliseconds: number, job: () => void): () => void;
  /** Do a job when the network is back, or somebody returns to the page. Returns what stops it. */
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
