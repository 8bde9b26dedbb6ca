"""What is due without anybody asking; the function `expiry` runs it every minute."""
