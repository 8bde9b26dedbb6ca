// What somebody writes: words, photos, taps and examples, shown at once and delivered to the office.

import * as api from "./api.js";
import * as clock from "./clock.js";
import { fail, render, setTick } from "./conversation.js";
import { $, state } from "./page.js";
import { texts } from "./texts.js";

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

/** Tap a button, or a row of a list, of a message. */
export const tap = (item, { id, title }) =>
  write(
    { button_id: id },
    {
      type: "interactive",
      interactive: { type: "button_reply", button_reply: { id, title } },
      context: { id: item.id },
    },
  );

export const retry = (item) => deliver({ ...item, tick: "sending", reason: null });

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

export function showChips() {
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
