// Keeps the page on the phone, so that it opens without a network. Handles the page's own files only: requests to the
// API and to Cognito pass through.

/** Filled in by the build: all files beside this one, those that the document names, and a hash of everything. */
declare const FILES: readonly string[];
declare const NAMED_BY_DOCUMENT: readonly string[];
declare const VERSION: string;

// The types of a worker cannot be loaded together with those of a document, which the rest of the page needs.
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
const worker = self as unknown as EventTarget & {
  registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
};

// Offices may share an origin on a developer's machine; each keeps its own.
const CACHE_PREFIX = `${worker.registration.scope} `;
const CACHE = CACHE_PREFIX + VERSION;
const DOCUMENT = new URL("../scanner", location.href).href;
const CACHED = new Set(FILES.map((file) => new URL(file, location.href).href));

/** Fetch the document. Rejects when it is another version's, whose files are not in this version's cache. */
async function fetchDocument(): Promise<Response> {
  const response = await fetch(DOCUMENT, { cache: "no-cache" });
  const text = await response.clone().text();
  if (!response.ok || !NAMED_BY_DOCUMENT.every((file) => text.includes(file))) {
    throw new Error("The document is not of this version");
  }
  return response;
}

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([...CACHED]);
  await cache.put(DOCUMENT, await fetchDocument());
}

async function removeOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
}

/** Fetch the document again in the background: its settings may change without a new version. */
async function refreshDocument(): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    await cache.put(DOCUMENT, await fetchDocument());
  } catch {
    // No network, or a new version, which installs itself.
  }
}

async function fromCacheFirst(url: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(url)) ?? fetch(url);
}

worker.addEventListener("install", (event) => (event as ExtendableEvent).waitUntil(install()));
worker.addEventListener("activate", (event) => (event as ExtendableEvent).waitUntil(removeOlder()));
worker.addEventListener("fetch", (event) => {
  const fetching = event as FetchEvent;
  const url = fetching.request.url.replace(/[?#].*$/, "");
  if (fetching.request.mode === "navigate" && url === DOCUMENT) {
    fetching.respondWith(fromCacheFirst(DOCUMENT));
    fetching.waitUntil(refreshDocument());
  } else if (CACHED.has(url)) {
    fetching.respondWith(fromCacheFirst(url));
  }
});
// The officer tapped "Muat ulang"; before that a new version waits.
worker.addEventListener("message", () => void worker.skipWaiting());
