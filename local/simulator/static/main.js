// The phone: who writes to which office. Each part of the page is a module of its own.

import * as api from "./api.js";
import * as clock from "./clock.js";
import { readClock, showClock } from "./clock-panel.js";
import { retry, showChips, tap } from "./composer.js";
import * as conversation from "./conversation.js";
import { $, state, wide } from "./page.js";
import { known, personFromText, showPeople } from "./people.js";
import { openPicture, openSheet, placePanel } from "./sheets.js";
import { texts } from "./texts.js";

Object.assign(conversation.on, {
  tap,
  retry,
  list: (item, action) => openSheet(action, (row) => tap(item, row)),
  picture: openPicture,
});

function choosePerson(person) {
  const list = known.some((one) => one.key === person.key) ? known : [...known, person];
  if ($("people").children.length !== list.length || list.length > known.length) showPeople(list, choosePerson);
  for (const radio of document.querySelectorAll('input[name="person"]')) radio.checked = radio.value === person.key;
  state.person = person;
  enter();
}

function chooseOffice(key) {
  state.office = state.offices.find((one) => one.office === key) ?? null;
  if (state.office) clock.setZone(state.office.timezone);
  enter();
}

function rememberInAddress() {
  const query = new URLSearchParams();
  if (state.office) query.set("office", state.office.office);
  if (state.person) query.set("as", state.person.key);
  history.replaceState(null, "", `?${query}`);
}

function enter() {
  state.stream?.close();
  state.stream = null;
  state.items.clear();
  conversation.stopTyping();
  conversation.showHead();
  conversation.render();
  showChips();
  showClock();
  if (!state.office || !state.person) return;
  rememberInAddress();
  const { office } = state.office;
  const { key } = state.person;
  const stream = api.events(office, key);
  state.stream = stream;
  // Listening first and loading then: whatever arrives in between is seen twice and kept once.
  stream.addEventListener("open", async () => {
    conversation.showHead();
    await Promise.all([conversation.load(office, key), readClock()]).catch(() => {});
  });
  stream.addEventListener("message", ({ data }) => {
    if (state.stream !== stream) return;
    const event = JSON.parse(data);
    if (event.event === "clock") readClock();
    else conversation.happen(event);
  });
  stream.addEventListener("error", () => {
    if (state.stream === stream) conversation.presence(texts.disconnected);
  });
}

$("office").addEventListener("change", () => chooseOffice($("office").value));
$("other").addEventListener("submit", (event) => {
  event.preventDefault();
  const person = personFromText($("other-number").value);
  $("other-problem").textContent = person ? "" : texts.wrongNumber;
  if (!person) return;
  $("other-number").value = "";
  choosePerson(person);
  if (!wide.matches) $("panel").close();
});

async function watchOffices() {
  const found = await api.offices().catch(() => state.offices);
  if (JSON.stringify(found) !== JSON.stringify(state.offices)) {
    state.offices = found;
    const wanted = state.office?.office ?? new URLSearchParams(location.search).get("office");
    const key = found.some((one) => one.office === wanted) ? wanted : found[0]?.office;
    $("office").replaceChildren(
      ...(found.length ? found : [{ office: "" }]).map(
        ({ office }) =>
          new Option(office ? texts.officeName(office) : texts.noOfficeOption, office, false, office === key),
      ),
    );
    chooseOffice(key);
  }
  setTimeout(watchOffices, state.offices.length ? 15_000 : 2_000);
}

placePanel();
$("office").replaceChildren(new Option(texts.noOfficeOption, ""));
showPeople(known, choosePerson);
const as = new URLSearchParams(location.search).get("as");
choosePerson(known.find((one) => one.key === as) ?? (as && personFromText(as)) ?? known[0]);
setInterval(showClock, 1_000);
readClock().catch(() => {});
watchOffices();
