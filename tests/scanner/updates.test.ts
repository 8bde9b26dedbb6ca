import assert from "node:assert/strict";
import { test } from "node:test";

import { registerServiceWorker, waitingVersion } from "../../scanner/src/updates.ts";

/** A version of the page on its way onto the phone. */
class Version extends EventTarget {}

/** What the browser knows of the page's versions. */
class Registration extends EventTarget {
  installing: Version | null = null;
  waiting: Version | null = null;
  active: Version | null = null;

  update = async () => undefined;

  find(version: Version): void {
    this.installing = version;
    this.dispatchEvent(new Event("updatefound"));
  }

  installed(): void {
    const version = this.installing;
    [this.installing, this.waiting] = [null, version];
    version?.dispatchEvent(new Event("statechange"));
  }

  activated(): void {
    const version = this.waiting;
    [this.waiting, this.active] = [null, version];
    version?.dispatchEvent(new Event("statechange"));
  }
}

/** Visit the page with a browser in this state. */
async function visit(registration: Registration): Promise<void> {
  waitingVersion.value = null;
  Object.defineProperty(globalThis, "document", { value: new EventTarget(), configurable: true });
  Object.defineProperty(navigator, "serviceWorker", {
    value: { register: async () => registration },
    configurable: true,
  });
  await registerServiceWorker();
}

test("the first version is not offered as a new one", async () => {
  const registration = new Registration();
  await visit(registration);
  registration.find(new Version());
  registration.installed();
  assert.equal(waitingVersion.value, null);
  registration.activated();
  assert.equal(waitingVersion.value, null);
});

test("a new version is offered once it is on the phone, and no longer when it is at work", async () => {
  const registration = new Registration();
  registration.active = new Version();
  await visit(registration);
  const version = new Version();
  registration.find(version);
  assert.equal(waitingVersion.value, null);
  registration.installed();
  assert.equal(waitingVersion.value, version as EventTarget);
  registration.activated();
  assert.equal(waitingVersion.value, null);
});

test("a version that was waiting, or on its way, before the page opened is offered too", async () => {
  const registration = new Registration();
  registration.active = new Version();
  registration.installing = new Version();
  await visit(registration);
  registration.installed();
  assert.equal(waitingVersion.value, registration.waiting);
  await visit(registration);
  assert.notEqual(waitingVersion.value, null);
});
