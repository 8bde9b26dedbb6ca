// Signs of the four tones, each with a shape of its own so that colour is never the only sign, and the buttons' icons.

import type { Tone } from "../verdict.ts";

const SIGNS: Record<Tone, string> = {
  // A disc with a tick.
  enter: "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22Zm-1.6 16.4L5.3 12.3l2-2 3.1 3.1 6.3-6.3 2 2Z",
  // A triangle with an exclamation mark.
  attention: "M12 1.5 .7 21.5h22.6ZM10.6 9h2.8l-.4 6.6h-2Zm1.4 7.8a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3Z",
  // An octagon with a cross.
  refusal:
    "M7.44 1h9.12L23 7.44v9.12L16.56 23H7.44L1 16.56V7.44Zm.86 5.3-2 2L10 12l-3.7 3.7 2 2L12 14l3.7 3.7 2-2L14 12l3.7-3.7-2-2L12 10Z",
  // A square with a question mark.
  unsure:
    "M4 2h16a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2Zm8 3.5c-2.5 0-4.1 1.5-4.2 3.7h2.5c0-1 .7-1.6 1.7-1.6s1.7.6 1.7 1.5c0 .8-.4 1.2-1.3 1.8-1.2.8-1.7 1.6-1.6 3.3h2.4c0-1 .3-1.4 1.3-2.1 1.1-.8 1.8-1.7 1.8-3.1 0-2.1-1.7-3.5-4.3-3.5Zm0 9.9a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3Z",
};

export function Sign({ tone }: { tone: Tone }) {
  return (
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
      <path d={SIGNS[tone]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}

const ICONS = {
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.3 15.3 20.5 20.5",
  torch: "M7 3h10v4l-2.5 4v9.5h-5V11L7 7ZM7 7h10M12 14v2",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
  muted: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM16 9.5l5 5M21 9.5l-5 5",
  camera: "M4 8h3l1.5-2.5h7L17 8h3v11H4ZM12 10.2a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
  waiting: "M12 20V7M6.5 12.5 12 7l5.5 5.5M5 3.5h14",
};

export function Icon({ name }: { name: keyof typeof ICONS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path
        d={ICONS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
