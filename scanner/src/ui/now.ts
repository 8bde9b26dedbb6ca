import { useEffect, useState } from "preact/hooks";
import type { Door } from "../ports.ts";

const EVERY_MILLISECONDS = 5000;

/** The present moment at the office, in milliseconds since 1970; the component is drawn again as time passes. */
export function useNow(door: Door): number {
  const [now, setNow] = useState(() => door.now());
  useEffect(() => {
    const clock = setInterval(() => setNow(door.now()), EVERY_MILLISECONDS);
    return () => clearInterval(clock);
  }, [door]);
  return now;
}
