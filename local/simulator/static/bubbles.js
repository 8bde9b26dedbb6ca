// One message as an element: what was written, pictures, things to tap, time and ticks.

import { dayKey, dayName, hour } from "./clock.js";
import { marked, plainLine } from "./markup.js";
import { texts } from "./texts.js";

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Return the text by which a message is recognised in a quote. */
export function gist(item) {
  if (item.direction === "in") return plainLine(saidBy(item.message));
  const { body } = item;
  const interactive = body.interactive ?? {};
  const text =
    body.text?.body ??
    body.image?.caption ??
    interactive.body?.text ??
    item.shown?.text ??
    body.template?.name ??
    texts.picture;
  return plainLine(text);
}

function saidBy(message) {
  const interactive = message.interactive ?? {};
  return (
    message.text?.body ??
    interactive.button_reply?.title ??
    interactive.list_reply?.title ??
    message.button?.text ??
    message.image?.caption ??
    message.document?.caption ??
    texts.contents[message.type] ??
    texts.unknownContent(message.type)
  );
}

const textBlock = (text) => make("div", "text", ...marked(text));

function picture(image, onPicture) {
  if (!image.id) {
    const anchor = make("a", "linked-picture", texts.linkedPicture);
    Object.assign(anchor, { href: image.link, target: "_blank", rel: "noopener noreferrer" });
    return anchor;
  }
  const img = make("img");
  img.src = `/simulator/media/${encodeURIComponent(image.id)}`;
  img.alt = texts.pictureAlt(image.caption ? plainLine(image.caption) : "");
  const button = make("button", "picture", img);
  button.type = "button";
  button.addEventListener("click", () => onPicture(img.src, img.alt));
  return button;
}

/** A template that was never submitted: its name and values, because nobody knows its text. */
function unknownTemplate(content) {
  const parts = [make("div", "label", texts.template), make("div", "text", make("b", "", content.name))];
  for (const component of content.components ?? []) {
    if (component.type.toLowerCase() === "button") continue;
    const values = (component.parameters ?? []).map((one) => {
      const value = one[one.type] ?? "";
      const name = one.parameter_name ? make("span", "parameter-name", one.parameter_name) : "";
      return make("li", "", name, typeof value === "string" ? value : JSON.stringify(value));
    });
    if (values.length) parts.push(make("ul", "parameters", ...values));
  }
  return parts;
}

function tap(iconName, title, onClick) {
  const button = make("button", "tap", icon(iconName), make("span", "", title));
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

function officeParts(item, on) {
  const { body } = item;
  const parts = [];
  const taps = [];
  if (body.text) parts.push(textBlock(body.text.body));
  if (body.image) {
    parts.push(picture(body.image, on.picture));
    if (body.image.caption) parts.push(textBlock(body.image.caption));
  }
  if (body.template) {
    parts.push(...(item.shown ? [textBlock(item.shown.text)] : unknownTemplate(body.template)));
    for (const component of body.template.components ?? []) {
      if (component.sub_type?.toLowerCase() !== "quick_reply") continue;
      for (const { payload } of component.parameters ?? []) {
        const title = item.shown?.buttons[component.index] ?? payload;
        taps.push(tap("reply", title, () => on.tap(item, { id: payload, title })));
      }
    }
  }
  if (body.interactive) {
    const { header, body: main, footer, action } = body.interactive;
    if (header?.type === "image") parts.push(picture(header.image, on.picture));
    if (header?.type === "text") parts.push(make("div", "text header", header.text));
    parts.push(textBlock(main.text));
    if (footer) parts.push(make("div", "footer", footer.text));
    for (const { reply } of action.buttons ?? []) taps.push(tap("reply", reply.title, () => on.tap(item, reply)));
    if (action.sections) taps.push(tap("list", action.button, () => on.list(item, action)));
  }
  return { parts, taps };
}

function applicantParts(message, on) {
  if (!message.image?.id) return [textBlock(saidBy(message))];
  const { caption } = message.image;
  return [picture(message.image, on.picture), ...(caption ? [textBlock(caption)] : [])];
}

function ticks(item) {
  const tick = item.tick ?? "sent";
  const node = make("span", `tick ${tick}`, icon(tick === "read" ? "delivered" : tick));
  node.append(make("span", "hidden-label", texts.ticks[tick]));
  return node;
}

function meta(item) {
  const time = make("time", "", hour(new Date(item.at)));
  time.dateTime = item.at;
  return make("span", "meta", time, ...(item.direction === "in" ? [ticks(item)] : []));
}

function quote(source, officeName) {
  const author = source.direction === "in" ? texts.quoteYou : officeName;
  return make("div", "quote", make("b", "", author), make("span", "", gist(source)));
}

function failure(item, onRetry) {
  const button = make("button", "plain", texts.retry);
  button.type = "button";
  button.addEventListener("click", () => onRetry(item));
  return make("div", "failure", make("span", "", texts.failed(item.reason ?? texts.reasons.unreachable)), button);
}

/**
 * Return one message as a list item.
 * `on` holds what happens: tap(item, {id, title}), list(item, action), picture(src, alt), retry(item), find(id).
 */
export function bubble(item, officeName, on) {
  const mine = item.direction === "in";
  const { parts, taps } = mine ? { parts: applicantParts(item.message, on), taps: [] } : officeParts(item, on);
  const source = mine ? on.find(item.message.context?.id) : on.find(item.body.context?.message_id);
  const box = make("div", "box", ...(source ? [quote(source, officeName)] : []), ...parts, meta(item));
  const node = make("li", `bubble ${mine ? "mine" : "theirs"}`, box);
  if (item.tick === "failed") node.append(failure(item, on.retry));
  if (taps.length) node.append(make("div", "taps", ...taps));
  node.dataset.id = item.id;
  return node;
}

/** Return the name of an item's day, or null if the message before it is of the same day. */
export function dayChange(item, before) {
  const moment = new Date(item.at);
  return before && dayKey(new Date(before.at)) === dayKey(moment) ? null : dayName(moment);
}

/** Return the line that names a day. */
export const daySeparator = (name) => make("li", "day", make("span", "", name));
