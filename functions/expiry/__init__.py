"""The function `expiry`: voids bookings, reminds people, and calls closed days off, every minute."""
