// The simulated time, and how it reads in the zone of the office. Indonesia has three zones and no daylight saving.

import { texts } from "./texts.js";

const HOURS = { "Asia/Jakarta": 7, "Asia/Pontianak": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9 };

let offsetMs = 0;
let zone = "Asia/Jakarta";

export const setOffset = (seconds) => {
  offsetMs = seconds * 1000;
};
export const setZone = (name) => {
  zone = name in HOURS ? name : "Asia/Jakarta";
};
export const isMoved = () => offsetMs !== 0;
export const now = () => new Date(Date.now() + offsetMs);
export const zoneName = () => texts.zones[HOURS[zone]];

const format = (options) => (moment) => new Intl.DateTimeFormat("id-ID", { timeZone: zone, ...options }).format(moment);

export const hour = (moment) => format({ hour: "2-digit", minute: "2-digit" })(moment);
export const shortDay = (moment) => format({ weekday: "short", day: "numeric", month: "short" })(moment);
export const longDay = (moment) => format({ weekday: "long", day: "numeric", month: "long", year: "numeric" })(moment);

const local = (moment) => new Date(moment.getTime() + HOURS[zone] * 3600_000);

/** Return the date in the office's zone as yyyy-mm-dd. */
export const dayKey = (moment) => local(moment).toISOString().slice(0, 10);

/** Return what a datetime-local field wants. */
export const forField = (moment) => local(moment).toISOString().slice(0, 16);

/** Return the value of a datetime-local field with the office's zone behind it. */
export const fromField = (value) => `${value}:00+0${HOURS[zone]}:00`;

/** Name a day the way a person would. */
export function dayName(moment) {
  const key = dayKey(moment);
  if (key === dayKey(now())) return texts.today;
  if (key === dayKey(new Date(now().getTime() - 86_400_000))) return texts.yesterday;
  return longDay(moment);
}

/** Return the next working day after today as ddmmyyyy, the way applicants type it. */
export function nextWeekday() {
  const day = local(now());
  do day.setUTCDate(day.getUTCDate() + 1);
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6);
  const [year, month, date] = day.toISOString().slice(0, 10).split("-");
  return date + month + year;
}
