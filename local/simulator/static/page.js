// What all parts of the page share: its elements, and who talks with which office.

export const $ = (id) => document.getElementById(id);
export const wide = matchMedia("(min-width: 860px)");

export const state = { offices: [], office: null, person: null, items: new Map(), stream: null, typingTimer: 0 };
