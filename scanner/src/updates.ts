// A new version of the page waits until the officer takes it: nothing reloads under somebody's hands.

import { signal } from "@preact/signals";

/** The new version that waits, if one does. */
export const waitingVersion = signal<ServiceWorker | null>(null);

/** Keep the page on the phone, and look for a new version whenever somebody returns to it. */
export async function registerServiceWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("scanner/sw.js", { scope: "scanner" });
  const look = () => {
    // The very first version waits for a moment too; it updates nothing.
    waitingVersion.value = registration.active && registration.waiting;
  };
  const follow = () => registration.installing?.addEventListener("statechange", look);
  look();
  follow();
  registration.addEventListener("updatefound", follow);
  document.addEventListener("visibilitychange", () => {
    // Without a network there is nothing new to be found.
    if (document.visibilityState === "visible") registration.update().catch(() => undefined);
  });
}

export function activate(version: ServiceWorker): void {
  version.addEventListener("statechange", () => {
    if (version.state === "activated") location.reload();
  });
  version.postMessage("take over");
}
