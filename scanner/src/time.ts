/** Return a function that writes a moment (milliseconds since 1970) as ISO 8601 with the offset of this time zone. */
export function isoIn(timeZone: string): (moment: number) => string {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  return (moment) => {
    const name = format.formatToParts(moment).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign = "+", hours = "00", minutes = "00"] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    const offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(moment + offset).toISOString().replace("Z", `${sign}${hours}:${minutes}`);
  };
}

/** Return the calendar day of a moment that is written with the office's offset. */
export function dayOf(iso: string): string {
  return iso.slice(0, "2026-11-23".length);
}
