"""What the system does unasked when it is due; the function `expiry` runs it every minute."""
