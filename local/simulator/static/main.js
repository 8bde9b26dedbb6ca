// The phone: who writes to which office, the conversation between them, and the simulated clock.

import * as api from "./api.js";
import { bubble, dayChange, daySeparator } from "./bubbles.js";
import * as clock from "./clock.js";
import { people, stranger, texts } from "./texts.js";

const $ = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 860px)");
const TICK_ORDER = ["sending", "sent", "failed", "delivered", "read"];
const TYPING_MS = 25_000;

const state = { offices: [], office: null, person: null, items: new Map(), stream: null, typingTimer: 0 };

// ---- who and where ----------------------------------------------------------------------------------------------

/** A number as people read it: +62 811 1100 333. */
function grouped(number) {
  const digits = number.replace(/\D/g, "");
  const groups = [digits.slice(0, 2), digits.slice(2, 5), digits.slice(5, 9), digits.slice(9)];
  // Joined by spaces that do not break: a number on two lines is hard to compare.
  return `+${groups.join("\u00a0")}`;
}

function withIdentity(person) {
  const phone = person.phone ?? null;
  // WhatsApp shows a user id for everyone since 2026; for invented people it is invented from the number.
  const userId = person.userId ?? `ID.9000${phone}`;
  const label = phone ? grouped(phone) : texts.noNumber;
  return { ...person, phone, userId, key: phone ?? userId, label };
}

function personFromText(text) {
  const compact = text.replace(/[\s.()-]/g, "");
  if (/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(text.trim())) {
    return withIdentity({ ...stranger, title: texts.otherUser, userId: text.trim() });
  }
  const digits = compact.replace(/^\+/, "").replace(/^0/, "62");
  return /^[0-9]{8,15}$/.test(digits) ? withIdentity({ ...stranger, title: texts.otherPerson, phone: digits }) : null;
}

function showPeople(list) {
  $("people").replaceChildren(
    ...list.map((person) => {
      const label = document.createElement("label");
      label.className = "person";
      const radio = Object.assign(document.createElement("input"), {
        type: "radio",
        name: "person",
        value: person.key,
      });
      radio.addEventListener("change", () => {
        choosePerson(person);
      });
      const name = Object.assign(document.createElement("span"), { className: "person-name" });
      name.textContent = person.title ?? person.name;
      const number = Object.assign(document.createElement("span"), { className: "person-number" });
      number.textContent = person.title === texts.otherUser ? person.userId : person.label;
      label.append(radio, name, number);
      return label;
    }),
  );
}

const known = people.map(withIdentity);

function choosePerson(person) {
  const list = known.some((one) => one.key === person.key) ? known : [...known, person];
  if ($("people").children.length !== list.length || list.length > known.length) showPeople(list);
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

// ---- the conversation -------------------------------------------------------------------------------------------

function enter() {
  state.stream?.close();
  state.stream = null;
  state.items.clear();
  stopTyping();
  showHead();
  render();
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
    showHead();
    await Promise.all([load(office, key), readClock()]).catch(() => {});
  });
  stream.addEventListener("message", ({ data }) => {
    if (state.stream === stream) happen(JSON.parse(data));
  });
  stream.addEventListener("error", () => {
    if (state.stream === stream) presence(texts.disconnected);
  });
}

async function load(office, key) {
  const before = new Set(state.items.keys());
  const items = await api.conversation(office, key);
  if (state.office?.office !== office || state.person?.key !== key) return;
  const loaded = new Map(items.map((item) => [item.id, withReason(item)]));
  const unsent = (item) => item.tick === "sending" || item.tick === "failed";
  for (const item of state.items.values()) {
    if (!loaded.has(item.id) && (unsent(item) || !before.has(item.id))) loaded.set(item.id, item);
  }
  state.items = loaded;
  render();
}

function withReason(item) {
  if (item.tick !== "failed") return item;
  return {
    ...item,
    reason: item.reason?.startsWith("HTTP") ? texts.reasons.receiver(item.reason) : texts.reasons.unreachable,
  };
}

function happen(event) {
  if (event.event === "message") {
    if (event.item.direction === "out") stopTyping();
    const before = state.items.get(event.item.id);
    // The bubble that appeared at once keeps its place; only what the simulator knows better is taken over.
    state.items.set(
      event.item.id,
      before ? { ...before, ...event.item, tick: later(before.tick, event.item.tick) } : event.item,
    );
    render();
  } else if (event.event === "tick") {
    setTick(event.id, event.tick, event.reason);
  } else if (event.event === "typing") {
    startTyping();
  } else if (event.event === "clock") {
    readClock();
  } else if (event.event === "cleared") {
    state.items.clear();
    render();
  }
}

const later = (one, other) => (TICK_ORDER.indexOf(one) > TICK_ORDER.indexOf(other) ? one : other);

function setTick(id, tick, reason = null) {
  const item = state.items.get(id);
  if (!item || later(item.tick, tick) !== tick) return;
  state.items.set(id, withReason({ ...item, tick, reason }));
  render();
}

const on = {
  tap: (item, { id, title }) =>
    write(
      { button_id: id },
      {
        type: "interactive",
        interactive: { type: "button_reply", button_reply: { id, title } },
        context: { id: item.id },
      },
    ),
  list: openSheet,
  picture: openPicture,
  retry: (item) => deliver({ ...item, tick: "sending", reason: null }),
  find: (id) => state.items.get(id),
};

function render() {
  const paper = $("paper");
  const atEnd = paper.scrollHeight - paper.scrollTop - paper.clientHeight < 120;
  const items = [...state.items.values()];
  const list = $("messages");
  const focused = document.activeElement?.closest?.(".bubble")?.dataset.id;
  const wanted = items.flatMap((item, index) => [...keptDay(item, items[index - 1]), kept(item)]);
  const stays = new Set(wanted);
  // What goes goes first: an element that is moved on its way loses the focus, and a picture in it is drawn anew.
  for (const node of [...list.children]) if (!stays.has(node)) node.remove();
  for (const [index, node] of wanted.entries()) {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  }
  const newest = items.at(-1)?.id;
  if (atEnd || newest !== render.newest) scrollToEnd();
  render.newest = newest;
  if (focused && document.activeElement === document.body) {
    list.querySelector(`[data-id="${CSS.escape(focused)}"] button`)?.focus({ preventScroll: true });
  }
}

// An element is made anew only when its item changed: pictures do not flicker, and a screen reader hears what is new.
const drawn = new Map();

function kept(item) {
  const before = drawn.get(item.id);
  if (before?.item === item) return before.node;
  const node = bubble(item, officeName(), on);
  for (const img of node.querySelectorAll("img")) img.addEventListener("load", scrollToEnd, { once: true });
  drawn.set(item.id, { item, node });
  return node;
}

const days = new Map();

function keptDay(item, before) {
  const name = dayChange(item, before);
  if (!name) return [];
  const key = `${item.id} ${name}`;
  if (!days.has(key)) days.set(key, daySeparator(name));
  return [days.get(key)];
}

/** Show the newest message: its end, or its beginning when it is taller than the screen. */
function scrollToEnd() {
  const paper = $("paper");
  const newest = $("messages").lastElementChild;
  paper.scrollTop = paper.scrollHeight;
  // Not scrollIntoView, which would move the page around the phone too.
  if (newest && newest.offsetHeight > paper.clientHeight) paper.scrollTop = newest.offsetTop - 8;
}

const officeName = () => (state.office ? texts.officeName(state.office.office) : texts.noOffice);

function showHead() {
  $("office-name").textContent = officeName();
  $("avatar").textContent = state.office ? officeName().replace("Kantor Imigrasi ", "").slice(0, 1) : "?";
  presence(state.office ? grouped(state.office.display_phone_number) : texts.waiting);
  $("as-whom").textContent = state.office && state.person ? texts.asWhom(state.person) : texts.notDeployed;
  for (const control of $("composer").elements) control.disabled = !state.office;
}

const presence = (text) => {
  $("presence").textContent = text;
};

function startTyping() {
  clearTimeout(state.typingTimer);
  state.typingTimer = setTimeout(stopTyping, TYPING_MS);
  $("typing").hidden = false;
  presence(texts.typing);
  scrollToEnd();
}

function stopTyping() {
  clearTimeout(state.typingTimer);
  $("typing").hidden = true;
  if (state.office) presence(grouped(state.office.display_phone_number));
}

// ---- writing ----------------------------------------------------------------------------------------------------

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return `wamid.${btoa(String.fromCharCode(...bytes))}`;
}

/** Show a message at once and deliver it. `request` is what the simulator needs, `message` what the bubble shows. */
function write(request, message) {
  if (!state.office || !state.person) return;
  const { person, office } = state;
  const id = newId();
  const full = { ...request, office: office.office, user_id: person.userId, name: person.name, id };
  if (person.phone) full.from = person.phone;
  deliver({
    direction: "in",
    id,
    at: clock.now().toISOString(),
    message,
    tick: "sending",
    reason: null,
    request: full,
  });
}

async function deliver(item) {
  // After a reload the request is gone; what the webhook said is enough to say it again.
  const request = item.request ?? {
    office: state.office.office,
    id: item.id,
    user_id: state.person.userId,
    name: state.person.name,
    ...(state.person.phone ? { from: state.person.phone } : {}),
    ...(item.message.type === "text" ? { text: item.message.text.body } : { content: contentOf(item.message) }),
  };
  state.items.set(item.id, item);
  render();
  try {
    const { status, body } = await api.write(request);
    if (status === 200) setTick(item.id, "delivered");
    else if (body.error) fail(item.id, body.error);
    else {
      const worst = body.deliveries.find((one) => one.status !== 200);
      fail(item.id, worst.status ? texts.reasons.receiver(`HTTP ${worst.status}`) : texts.reasons.unreachable);
    }
  } catch {
    fail(item.id, texts.reasons.noAnswer);
  }
}

const contentOf = ({ id, from, from_user_id, timestamp, ...content }) => content;

function fail(id, reason) {
  const item = state.items.get(id);
  if (!item || item.tick === "delivered" || item.tick === "read") return;
  state.items.set(id, { ...item, tick: "failed", reason });
  render();
}

function grow() {
  const draft = $("draft");
  // Lines that wrap count too: what is inside says how tall it is, its padding of 12 px twice and 22 px a line.
  draft.rows = 1;
  draft.rows = Math.min(5, Math.round((draft.scrollHeight - 24) / 22));
}

// The words below a photo go with it, as its caption.
let photo = null;

function attach(file) {
  photo = file;
  $("photo").value = "";
  $("attached").hidden = !file;
  $("attached-name").textContent = file?.name ?? "";
  $("draft").placeholder = file ? texts.caption : texts.message;
  $("draft").focus();
}

async function photoRequest(file) {
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.readAsDataURL(file);
  });
  return { base64: url.slice(url.indexOf(",") + 1), mime_type: file.type };
}

$("attach").addEventListener("click", () => $("photo").click());
$("photo").addEventListener("change", () => attach($("photo").files[0] ?? null));
$("detach").addEventListener("click", () => attach(null));

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("draft").value.trim();
  const file = photo;
  if (!text && !file) return;
  $("draft").value = "";
  grow();
  if (file) {
    attach(null);
    const kind = file.type.startsWith("image/") ? "image" : "document";
    write(
      { photo: await photoRequest(file), ...(text ? { text } : {}) },
      { type: kind, [kind]: { caption: text || undefined } },
    );
  } else {
    write({ text }, { type: "text", text: { body: text } });
  }
  $("draft").focus();
});

$("draft").addEventListener("input", grow);
$("draft").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("composer").requestSubmit();
});

function registrationExample() {
  const { name, birth } = state.person;
  return state.office.gives_the_day ? `${name}#${birth}#${texts.address}` : `#${name}#${birth}#${clock.nextWeekday()}`;
}

function showChips() {
  const examples = state.office && state.person ? [registrationExample(), texts.cancelExample] : [];
  $("chips").replaceChildren(
    ...examples.map((example) => {
      const chip = Object.assign(document.createElement("button"), {
        type: "button",
        className: "chip",
        textContent: example,
      });
      chip.addEventListener("click", () => {
        $("draft").value = example;
        grow();
        $("draft").focus();
      });
      return chip;
    }),
  );
}

// ---- sheets -----------------------------------------------------------------------------------------------------

function openSheet(item, action) {
  $("sheet-title").textContent = action.button;
  $("sheet-rows").replaceChildren(
    ...action.sections.flatMap((section) => {
      const rows = section.rows.map((row) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "sheet-row" });
        button.append(Object.assign(document.createElement("b"), { textContent: row.title }));
        if (row.description)
          button.append(Object.assign(document.createElement("span"), { textContent: row.description }));
        button.addEventListener("click", () => {
          $("sheet").close();
          on.tap(item, row);
        });
        return button;
      });
      if (!section.title) return rows;
      return [Object.assign(document.createElement("h3"), { textContent: section.title }), ...rows];
    }),
  );
  $("sheet").showModal();
}

function openPicture(src, alt) {
  Object.assign($("lightbox-image"), { src, alt });
  $("lightbox-save").href = src;
  $("lightbox").showModal();
}

for (const name of ["sheet", "lightbox", "panel"]) {
  $(`${name}-close`).addEventListener("click", () => $(name).close());
  $(name).addEventListener("click", (event) => {
    if (event.target === $(name) && $(name).matches(":modal")) $(name).close();
  });
}

function openPanel(focus) {
  if (!wide.matches && !$("panel").open) $("panel").showModal();
  focus?.focus();
}

// Beside the phone the panel is always there; on a phone it lies over the conversation when asked for.
function placePanel() {
  $("panel").close();
  if (wide.matches) $("panel").show();
  document.activeElement?.blur();
}

wide.addEventListener("change", placePanel);
$("panel-open").addEventListener("click", () => openPanel(wide.matches ? $("office") : null));
$("status-clock").addEventListener("click", () => openPanel($("clock-to")));

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

// ---- the clock --------------------------------------------------------------------------------------------------

async function readClock() {
  clock.setOffset((await api.clock()).offset_seconds);
  showClock();
  showChips();
  render(); // what was today may be yesterday
  if (document.activeElement !== $("clock-to")) $("clock-to").value = clock.forField(clock.now());
}

function showClock() {
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

// ---- start ------------------------------------------------------------------------------------------------------

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
showPeople(known);
const as = new URLSearchParams(location.search).get("as");
choosePerson(known.find((one) => one.key === as) ?? (as && personFromText(as)) ?? known[0]);
setInterval(showClock, 1_000);
readClock().catch(() => {});
watchOffices();
