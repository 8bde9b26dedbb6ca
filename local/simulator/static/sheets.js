// What lies over the conversation: a list's rows, a picture, and the panel, which has its own place on a wide screen.

import { $, wide } from "./page.js";

export function openSheet(action, choose) {
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
          choose(row);
        });
        return button;
      });
      if (!section.title) return rows;
      return [Object.assign(document.createElement("h3"), { textContent: section.title }), ...rows];
    }),
  );
  $("sheet").showModal();
}

export function openPicture(src, alt) {
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
export function placePanel() {
  $("panel").close();
  if (wide.matches) $("panel").show();
  document.activeElement?.blur();
}

wide.addEventListener("change", placePanel);
$("panel-open").addEventListener("click", () => openPanel(wide.matches ? $("office") : null));
$("status-clock").addEventListener("click", () => openPanel($("clock-to")));
