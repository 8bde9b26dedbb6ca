// Every word that officers read, and how hours and days are written.

import type { Problem } from "./api-types.ts";
import type { CameraState } from "./camera.ts";
import type { Decision, Role, SignIn } from "./ports.ts";

/** A non-breaking space: large words must stay on one line. */
const TIED = "\u00a0";

/** `08.30`; moments carry the office's offset, so what is written in them is the office's time. */
export const hour = (moment: string): string => moment.slice(11, 16).replace(":", ".");

const day = (format: Intl.DateTimeFormatOptions) => {
  const written = new Intl.DateTimeFormat("id-ID", { ...format, timeZone: "UTC" });
  return (date: string): string => written.format(new Date(date));
};
/** `12 Agustus`, from `2026-08-12`. */
const dayAndMonth = day({ day: "numeric", month: "long" });
/** `Rabu, 12 Agustus 2026`. */
export const wholeDay = day({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
/** `11/8 14.02`. */
const shortMoment = (moment: string): string =>
  `${Number(moment.slice(8, 10))}/${Number(moment.slice(5, 7))}${TIED}${hour(moment)}`;

type Wording = { word: (decision: Decision) => string; hint?: (decision: Decision) => string };

/** The word that fills the screen, and what to do about it. */
export const OUTCOMES: Record<Decision["outcome"], Wording> = {
  OK: {
    word: () => "SILAKAN MASUK",
    hint: (decision) => (decision.admitted_late ? "dengan izin supervisor" : ""),
  },
  EARLY: {
    word: () => "TERLALU AWAL",
    hint: ({ opens_at }) => (opens_at ? `masuk mulai ${hour(opens_at)}` : ""),
  },
  LATE_GRACE: { word: () => "TERLAMBAT", hint: () => "izin supervisor" },
  USED: { word: ({ checked_in_at }) => (checked_in_at ? `SUDAH${TIED}MASUK ${hour(checked_in_at)}` : "SUDAH MASUK") },
  EXPIRED: { word: () => "HANGUS", hint: () => "daftar ulang" },
  WRONG_DAY: {
    word: ({ service_date }) =>
      service_date ? `UNTUK ${dayAndMonth(service_date).toUpperCase().replace(" ", TIED)}` : "UNTUK HARI LAIN",
  },
  WRONG_OFFICE: { word: ({ office }) => (office ? `UNTUK ${office.toUpperCase()}` : "UNTUK KANTOR LAIN") },
  CANCELLED: { word: ({ cancelled_at }) => (cancelled_at ? `DIBATALKAN ${shortMoment(cancelled_at)}` : "DIBATALKAN") },
  UNCONFIRMED: { word: () => "BELUM DISETUJUI" },
  UNKNOWN: { word: () => "KODE TIDAK DIKENAL" },
  FORGED: { word: () => "KODE PALSU", hint: () => "panggil supervisor" },
  MISTYPED: { word: () => "SALAH KETIK", hint: () => "periksa huruf demi huruf" },
  UNDONE: {
    word: ({ undone_at }) => (undone_at ? `MASUK DIBATALKAN${TIED}${hour(undone_at)}` : "MASUK DIBATALKAN"),
    hint: () => "pindai lagi",
  },
  NOT_LISTED: { word: () => "TIDAK ADA DI DAFTAR", hint: () => "periksa saat tersambung" },
  NO_ANSWER: { word: () => "ULANGI", hint: () => "belum tercatat" },
};

export const DECISION = {
  checking: "Memeriksa…",
  offline: "TANPA SAMBUNGAN — dicatat di ponsel ini",
  number: "Nomor antrian",
  hour: "Jam",
  admit: "Izinkan masuk",
  next: "Lanjut",
};

export const ROLES: Record<Role, string> = { officer: "Petugas", supervisor: "Supervisor" };

export const SIGN_IN = {
  title: "Masuk",
  username: "Nama pengguna",
  password: "Kata sandi",
  submit: "Masuk",
  sending: "Sebentar…",
  show: "Tampilkan kata sandi",
  newTitle: "Kata sandi baru",
  newIntro: "Anda masuk untuk pertama kali. Buatlah kata sandi yang hanya Anda yang tahu.",
  newPassword: "Kata sandi baru",
  repeat: "Ulangi kata sandi baru",
  newSubmit: "Simpan dan masuk",
  different: "Kedua kata sandi belum sama.",
  fulfilled: "terpenuhi",
  open: "belum",
  refusals: {
    wrong: "Nama pengguna atau kata sandi salah.",
    weak_password: "Kata sandi belum memenuhi semua syarat.",
    not_staff: "Akun ini bukan akun petugas kantor ini. Hubungi supervisor.",
    too_often: "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.",
    expired_password: "Kata sandi sementara sudah tidak berlaku. Minta yang baru kepada supervisor.",
    unknown_challenge: "Akun ini meminta langkah masuk yang tidak didukung halaman ini. Hubungi supervisor.",
    no_connection: "Tidak ada sambungan. Periksa jaringan, lalu coba lagi.",
  } satisfies Record<Extract<SignIn, { kind: "refused" }>["reason"], string>,
};

/** What Cognito asks of a password (infra/staff.py). */
export const PASSWORD_RULES: readonly { text: string; holds: RegExp }[] = [
  { text: "12 karakter atau lebih", holds: /^.{12,}$/ },
  { text: "huruf kecil", holds: /[a-z]/ },
  { text: "huruf besar", holds: /[A-Z]/ },
  { text: "angka", holds: /[0-9]/ },
  { text: "simbol, misalnya ! ? #", holds: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/ },
];

function ago(minutes: number): string {
  if (minutes < 1) return "baru saja";
  return minutes < 60 ? `${minutes} menit lalu` : `${Math.floor(minutes / 60)} jam lalu`;
}

export const STATE = {
  online: "Tersambung",
  offline: "Tanpa sambungan",
  noList: "belum ada daftar hari ini",
  list: (moment: string, minutes: number): string => `daftar ${hour(moment)} (${ago(minutes)})`,
  unsent: (scans: number): string => `${scans} belum terkirim`,
};

export const COUNTERS = {
  title: "Hari ini",
  entered: "Sudah masuk",
  total: "Total",
  expected: "Belum datang",
  void: (bookings: number): string => `${bookings} hangus`,
  serving: "Jam layanan sekarang",
  first: "Jam layanan pertama",
};

export const CAMERA = {
  title: "Kamera",
  starting: "Membuka kamera…",
  torch: "Senter",
  mute: "Bisukan",
  choose: "Pilih kamera",
  back: "Belakang",
  front: "Depan",
  other: "Kamera",
  again: "Coba lagi",
  faults: {
    off: "Kamera berhenti.",
    refused: "Kamera belum diizinkan. Buka pengaturan situs di peramban, izinkan kamera, lalu coba lagi.",
    absent: "Tidak ada kamera di perangkat ini.",
    busy: "Kamera sedang dipakai aplikasi lain. Tutup aplikasi itu, lalu coba lagi.",
    unsupported: "Peramban ini tidak dapat membuka kamera. Gunakan Chrome, Safari, atau Firefox yang baru.",
    undecodable: "Pembaca QR belum termuat. Periksa sambungan, lalu coba lagi.",
  } satisfies Record<Exclude<CameraState, "starting" | "on">, string>,
  typing: "Kode tetap dapat diketik di bawah.",
};

export const CODE = { label: "Ketik kode", submit: "Periksa" };

export const RECENT = {
  title: "Sepuluh pindaian terakhir",
  none: "Belum ada pindaian.",
  offline: "belum terkirim",
  number: (number: number): string => `No. ${number}`,
};

export const DETAILS = {
  scanned: "Dipindai",
  number: "Nomor antrian",
  hour: "Jam layanan",
  date: "Tanggal",
  name: "Nama",
  code: "Kode booking",
  offline: "Diputuskan tanpa sambungan; belum terkirim.",
  close: "Tutup",
};

export const UNDO = {
  start: "Batalkan masuk",
  question: "Mengapa dibatalkan?",
  reasons: ["Salah pindai", "Salah orang"],
  other: "Lainnya",
  which: "Alasan",
  submit: "Batalkan masuk",
  noConnection: "Baru dapat dibatalkan saat tersambung. Coba lagi nanti.",
};

export const SEARCH = {
  open: "Cari",
  title: "Cari pemohon",
  by: "Cari menurut",
  code: "Kode booking",
  phone: "Nomor WhatsApp",
  codeHint: "Minimal 4 huruf atau angka dari kode.",
  phoneHint: "Minimal 4 angka terakhir.",
  submit: "Cari",
  none: "Tidak ada yang cocok untuk hari ini.",
  found: (bookings: number): string => `${bookings} ditemukan`,
  noConnection: "Pencarian memerlukan sambungan. Coba lagi saat tersambung.",
  checkIn: "Catat masuk",
  ticketUndelivered: "Tiket belum sampai",
};

export const DIFFERENCES = {
  title: (scans: number): string => (scans > 1 ? `Jawaban server berbeda (1 dari ${scans})` : "Jawaban server berbeda"),
  shown: "Anda melihat",
  server: "Server",
  admitted: (who: string): string =>
    `Server mencatat ${who} masuk, padahal Anda menolak. Batalkan jika orangnya tidak masuk.`,
  seen: "Sudah saya baca",
};

export const MENU = {
  open: "Menu",
  title: "Akun",
  signOut: "Keluar",
  unsent: (scans: number): string =>
    `${scans} pindaian belum terkirim; akan dikirim atas nama petugas berikutnya yang masuk di ponsel ini.`,
};

export const UPDATE = { available: "Versi baru tersedia", take: "Muat ulang" };

const OUTDATED = "Server tidak memahami halaman ini. Muat ulang halaman, lalu coba lagi.";

/** What the API refuses: `code` of problem+json, see docs/openapi.yaml. */
const PROBLEMS: Record<string, string> = {
  not_staff: "Akun Anda tidak berhak melakukan ini.",
  supervisor_only: "Hanya supervisor yang dapat melakukan ini.",
  undo_other_device: "Hanya ponsel yang memindai, atau supervisor, yang dapat membatalkan.",
  undo_too_late: "Sudah terlambat: petugas dapat membatalkan dalam 15 menit, supervisor pada hari yang sama.",
  scan_unknown: "Pindaian ini belum diketahui server.",
  scan_let_nobody_in: "Pindaian ini tidak mengizinkan siapa pun masuk.",
  nonce_taken: "Pindaian ini tertukar dengan yang lain. Pindai lagi.",
  happened_at_invalid: "Waktu pindaian ini tidak dapat diterima. Periksa jam ponsel.",
  reason_invalid: "Tulis alasan yang lebih jelas.",
  search_invalid: "Ketik minimal 4 huruf atau angka.",
  body_not_json: OUTDATED,
  body_not_object: OUTDATED,
  code_or_qr: OUTDATED,
  nonce_invalid: OUTDATED,
  device_invalid: OUTDATED,
  grace_invalid: OUTDATED,
  date_invalid: OUTDATED,
  route_unknown: OUTDATED,
};

export const problem = ({ code }: Problem): string => PROBLEMS[code] ?? "Server menolak permintaan ini. Coba lagi.";
