// The clock on the page: what the functions take for now, and how it is moved.

import * as api from "./api.js";
import * as clock from "./clock.js";
import { showChips } from "./composer.js";
import { render } from "./conversation.js";
import { $ } from "./page.js";
import { texts } from "./texts.js";

export async function readClock() {
  clock.setOffset((await api.clock()).offset_seconds);
  showClock();
  showChips();
  render(); // what was today may be yesterday
  if (document.activeElement !== $("clock-to")) $("clock-to").value = clock.forField(clock.now());
}

export function showClock() {
  const moment = clock.now();
  const time = clock.hour(moment);
  $("status-time").textContent = time;
  $("status-moved").textContent = clock.shortDay(moment);
  $("status-moved").hidden = !clock.isMoved();
  $("status-clock").setAttribute("aria-label", texts.clockButton(time));
  $("clock-now").textContent = `${clock.longDay(moment)}, ${time}`;
  $("clock-zone").textContent = clock.zoneName();
  $("clock-note").textContent = clock.isMoved() ? texts.moved : texts.realTime;
  $("clock-note").classList.toggle("moved", clock.isMoved());
  $("clock-reset").disabled = !clock.isMoved();
}

async function moveClock(to) {
  try {
    const { status } = await api.setClock(to);
    $("clock-problem").textContent = status === 200 ? "" : texts.clockFailed;
    await readClock();
    $("clock-to").value = clock.forField(clock.now());
  } catch {
    $("clock-problem").textContent = texts.clockFailed;
  }
}

$("clock-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("clock-to").value) moveClock(clock.fromField($("clock-to").value));
  else $("clock-problem").textContent = texts.clockMissing;
});
$("clock-reset").addEventListener("click", () => moveClock(null));
for (const button of document.querySelectorAll("[data-minutes]")) {
  button.addEventListener("click", () =>
    moveClock(new Date(clock.now().getTime() + Number(button.dataset.minutes) * 60_000).toISOString()),
  );
}
