// WhatsApp's marks in a text, as elements: *bold*, _italic_, ~struck~, ```code``` and links. Never as HTML.

const PIECES = new RegExp(
  [
    "```(?<code>[\\s\\S]+?)```",
    "(?<![\\p{L}\\p{N}*])\\*(?<b>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?<i>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?<s>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\p{L}\\p{N}~])",
    "(?<link>https?://[^\\s<>]*[^\\s<>.,;:!?)])",
  ].join("|"),
  "gu",
);

/** Return nodes that show `text` as WhatsApp would. */
export function marked(text) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(PIECES)) {
    nodes.push(document.createTextNode(text.slice(done, match.index)));
    nodes.push(element(match.groups));
    done = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(text.slice(done)));
  return nodes;
}

function element({ code, link, ...marks }) {
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link, textContent: link, target: "_blank", rel: "noopener noreferrer" });
    return anchor;
  }
  const [tag, inner] = code ? ["code", code] : Object.entries(marks).find(([, content]) => content);
  const node = document.createElement(tag);
  if (code) node.textContent = inner;
  else node.append(...marked(inner));
  return node;
}

/** Return the first line of a text without its marks, for quotes and descriptions. */
export const plainLine = (text) => text.split("\n", 1)[0].replace(/[*_~`]/g, "");
