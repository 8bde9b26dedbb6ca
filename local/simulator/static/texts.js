// Every sentence that the page composes, and how names, dates and errors read in Indonesian.

export const texts = {
  officeName: (key) =>
    "Kantor Imigrasi " +
    key
      .split("-")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(" "),
  noOffice: "Belum ada kantor",
  noOfficeOption: "Belum ada kantor yang menyala",
  waiting: "menunggu sistem…",
  notDeployed:
    "Sistem kantor belum menyala. Jalankan make up di terminal; halaman ini menyambung sendiri begitu kantor siap.",
  typing: "mengetik…",
  disconnected: "terputus, menyambung lagi…",
  asWhom: (person) => `Anda menulis sebagai ${person.name}, ${person.label}`,
  noNumber: "tanpa nomor",
  otherPerson: "Nomor lain",
  otherUser: "User id lain",
  wrongNumber: "Tulis nomor ponsel seperti 0812 3456 7890, atau user id seperti ID.811000000004.",
  ticks: {
    sending: "sedang dikirim",
    sent: "terkirim",
    delivered: "sampai di kantor",
    read: "dibaca",
    failed: "gagal",
  },
  failed: (reason) => `Tidak terkirim: ${reason}`,
  retry: "Kirim lagi",
  reasons: {
    noAnswer: "simulator tidak menjawab. Apakah masih menyala?",
    receiver: (reason) => `sistem kantor menjawab ${reason}.`,
    unreachable: "sistem kantor tidak dapat dihubungi.",
  },
  contents: {
    audio: "Pesan suara",
    contacts: "Kontak",
    document: "Dokumen",
    image: "Foto",
    location: "Lokasi",
    sticker: "Stiker",
    video: "Video",
  },
  unknownContent: (type) => `Pesan jenis ${type}`,
  picture: "Buka gambar",
  pictureAlt: (caption) => (caption ? `Gambar: ${caption}` : "Gambar dari kantor"),
  linkedPicture: "Gambar di luar simulator",
  template: "Pesan templat",
  quoteYou: "Anda",
  today: "Hari ini",
  yesterday: "Kemarin",
  realTime: "Sama dengan jam nyata.",
  moved: "Jam dipindahkan. Sistem kantor memakai jam ini juga.",
  clockFailed: "Jam tidak dapat dipindahkan.",
  clockMissing: "Isi tanggal dan jam lebih dulu.",
  clockButton: (time) => `Jam simulator ${time}. Ubah jam`,
  zones: { 7: "WIB", 8: "WITA", 9: "WIT" },
  message: "Tulis pesan",
  caption: "Tulis keterangan foto",
  address: "Jl. Merdeka No. 10",
  cancelExample: "#batal",
};

// Obviously invented applicants. Each has a birth date of their own: one person may hold one active code only.
export const people = [
  { name: "Budi Santoso", phone: "628110000001", birth: "25011987" },
  { name: "Siti Aminah", phone: "628110000002", birth: "14021990" },
  { name: "Agus Wijaya", phone: "628110000003", birth: "03091975" },
  { name: "Dewi Lestari", phone: null, userId: "ID.811000000004", birth: "20061995" },
];

export const stranger = { name: "Rina Maharani", birth: "17081992" };
