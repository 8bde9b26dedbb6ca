// Composes the page. Everything that depends on the browser is made here.

import { render } from "preact";
import { Api } from "./api.ts";
import { Camera } from "./camera.ts";
import { OfficeDoor } from "./door.ts";
import { browserPhone } from "./phone.ts";
import type { Settings } from "./ports.ts";
import { Scanning } from "./scanning.ts";
import { CognitoSession } from "./session.ts";
import { allowSound, announce } from "./sound.ts";
import { IndexedDbStore } from "./store.ts";
import { App } from "./ui/app.tsx";
import { registerServiceWorker } from "./updates.ts";
import { verdict } from "./verdict.ts";

/** Where the decoder is, relative to the document; the build knows its name. */
declare const DECODER: string;

const settings: Settings = JSON.parse(document.getElementById("settings")!.textContent);

const session = new CognitoSession(settings, {
  storage: localStorage,
  tabs: window,
  fetch: (...asked) => fetch(...asked),
  now: () => Date.now(),
});
const door = new OfficeDoor({
  api: new Api(session),
  store: new IndexedDbStore(settings.prefix),
  phone: browserPhone,
  settings,
  account: () => session.account.value,
});
const scanning = new Scanning(door, ({ decision }) => announce(verdict(decision).tone));
const camera = new Camera(DECODER, (qr) => void scanning.see(qr));

document.addEventListener("pointerdown", allowSound);
document.addEventListener("keydown", allowSound);

await session.restore();
const page = document.getElementById("page")!;
page.replaceChildren();
render(<App {...{ settings, session, door, scanning, camera }} />, page);

// After the page has loaded: what the officer waits for comes first.
if (document.readyState === "complete") void registerServiceWorker();
else addEventListener("load", () => void registerServiceWorker());
