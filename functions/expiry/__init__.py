"""Does, every minute, what is due: voids, reminds, calls off."""
