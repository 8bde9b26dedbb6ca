// Who writes: the invented people, and whoever is typed in.

import { $ } from "./page.js";
import { people, stranger, texts } from "./texts.js";

/** A number as people read it: +62 811 1100 333. */
export function grouped(number) {
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

export const known = people.map(withIdentity);

export function personFromText(text) {
  const compact = text.replace(/[\s.()-]/g, "");
  if (/^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(text.trim())) {
    return withIdentity({ ...stranger, title: texts.otherUser, userId: text.trim() });
  }
  const digits = compact.replace(/^\+/, "").replace(/^0/, "62");
  return /^[0-9]{8,15}$/.test(digits) ? withIdentity({ ...stranger, title: texts.otherPerson, phone: digits }) : null;
}

export function showPeople(list, choose) {
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
        choose(person);
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
