// The conversation: its messages as bubbles, their ticks, and who is typing.

import * as api from "./api.js";
import { bubble, dayChange, daySeparator } from "./bubbles.js";
import { $, state } from "./page.js";
import { grouped } from "./people.js";
import { texts } from "./texts.js";

const TICK_ORDER = ["sending", "sent", "failed", "delivered", "read"];
const TYPING_MS = 25_000;

// What a tap on a bubble does: filled in by the parts that do it.
export const on = { find: (id) => state.items.get(id) };

export async function load(office, key) {
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

/** Show a message that came, or what became of one. */
export function happen(event) {
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
  } else if (event.event === "cleared") {
    state.items.clear();
    render();
  }
}

const later = (one, other) => (TICK_ORDER.indexOf(one) > TICK_ORDER.indexOf(other) ? one : other);

export function setTick(id, tick, reason = null) {
  const item = state.items.get(id);
  if (!item || later(item.tick, tick) !== tick) return;
  state.items.set(id, withReason({ ...item, tick, reason }));
  render();
}

export function fail(id, reason) {
  const item = state.items.get(id);
  if (!item || item.tick === "delivered" || item.tick === "read") return;
  state.items.set(id, { ...item, tick: "failed", reason });
  render();
}

export function render() {
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

export function showHead() {
  $("office-name").textContent = officeName();
  $("avatar").textContent = state.office ? officeName().replace("Kantor Imigrasi ", "").slice(0, 1) : "?";
  presence(state.office ? grouped(state.office.display_phone_number) : texts.waiting);
  $("as-whom").textContent = state.office && state.person ? texts.asWhom(state.person) : texts.notDeployed;
  for (const control of $("composer").elements) control.disabled = !state.office;
}

export const presence = (text) => {
  $("presence").textContent = text;
};

function startTyping() {
  clearTimeout(state.typingTimer);
  state.typingTimer = setTimeout(stopTyping, TYPING_MS);
  $("typing").hidden = false;
  presence(texts.typing);
  scrollToEnd();
}

export function stopTyping() {
  clearTimeout(state.typingTimer);
  $("typing").hidden = true;
  if (state.office) presence(grouped(state.office.display_phone_number));
}
