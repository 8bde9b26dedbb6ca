import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { Decision, Outcome } from "../../scanner/src/ports.ts";
import { problem, STATE } from "../../scanner/src/texts.ts";
import { type Tone, verdict } from "../../scanner/src/verdict.ts";

const TOLD: Omit<Decision, "outcome"> = {
  code: "BGR-TY9S-N7PA",
  name: "BUDI S.",
  service_date: "2026-08-12",
  queue_number: 1,
  opens_at: "2026-08-12T08:30:00+07:00",
  starts_at: "2026-08-12T09:00:00+07:00",
  void_after: "2026-08-12T09:15:00+07:00",
  checked_in_at: "2026-08-12T08:41:00+07:00",
  cancelled_at: "2026-08-11T14:02:00+07:00",
  undone_at: "2026-08-12T08:50:00+07:00",
  office: "Kantor Imigrasi Jakarta Pusat",
};

const VERDICTS: Record<Outcome, [Tone, string, string]> = {
  OK: ["enter", "SILAKAN MASUK", ""],
  EARLY: ["attention", "TERLALU AWAL", "masuk mulai 08.30"],
  LATE_GRACE: ["attention", "TERLAMBAT", "izin supervisor"],
  USED: ["attention", "SUDAH MASUK 08.41", ""],
  EXPIRED: ["refusal", "HANGUS", "daftar ulang"],
  WRONG_DAY: ["refusal", "UNTUK 12 AGUSTUS", ""],
  WRONG_OFFICE: ["refusal", "UNTUK KANTOR IMIGRASI JAKARTA PUSAT", ""],
  CANCELLED: ["refusal", "DIBATALKAN 11/8 14.02", ""],
  UNCONFIRMED: ["refusal", "BELUM DISETUJUI", ""],
  UNKNOWN: ["refusal", "KODE TIDAK DIKENAL", ""],
  FORGED: ["refusal", "KODE PALSU", "panggil supervisor"],
  MISTYPED: ["attention", "SALAH KETIK", "periksa huruf demi huruf"],
  UNDONE: ["attention", "MASUK DIBATALKAN 08.50", "pindai lagi"],
  NOT_LISTED: ["unsure", "TIDAK ADA DI DAFTAR", "periksa saat tersambung"],
  NO_ANSWER: ["unsure", "ULANGI", "belum tercatat"],
};

const spaced = (text: string) => text.replaceAll("\u00a0", " ");

for (const [outcome, told] of Object.entries(VERDICTS) as [Outcome, [Tone, string, string]][]) {
  test(`${outcome} is told as ${told.join(", ")}`, () => {
    const { tone, word, hint } = verdict({ outcome, ...TOLD });
    assert.deepEqual([tone, spaced(word), spaced(hint)], told);
  });
}

test("a decision of which little is known is told all the same", () => {
  const bare = (Object.keys(VERDICTS) as Outcome[]).map((outcome) => verdict({ outcome }));
  for (const { word, hint } of bare) assert.doesNotMatch(`${word} ${hint}`, /undefined|NaN|Invalid/);
});

test("who is let in late is told to be so", () => {
  assert.equal(verdict({ outcome: "OK", ...TOLD, admitted_late: true }).hint, "dengan izin supervisor");
});

test("every refusal of the API has its own Indonesian words, and what it may refuse one day has some", () => {
  const openapi = readFileSync(new URL("../../docs/openapi.yaml", import.meta.url), "utf8");
  // In the descriptions of the answers with a problem; `happened_at` and the like are names of properties.
  const refusals = openapi.matchAll(/`(not_\w+|\w+_(?:only|not_\w+|invalid|qr|device|late|unknown|in|taken))`/g);
  const codes = new Set([...refusals].map(([, code]) => code ?? ""));
  assert.equal(codes.size, 18);
  const words = (code: string) => problem({ type: "about:blank", title: "Conflict", status: 409, code, detail: "No." });
  const fallback = words("of_tomorrow");
  assert.doesNotMatch(fallback, /Conflict|No\./);
  for (const code of codes) assert.notEqual(words(code), fallback, code);
});

test("the age of the list is told", () => {
  const told = [0, 3, 125].map((minutes) => STATE.list("2026-08-12T08:30:00+07:00", minutes));
  assert.deepEqual(told, ["daftar 08.30 (baru saja)", "daftar 08.30 (3 menit lalu)", "daftar 08.30 (2 jam lalu)"]);
});
