"""What happens at the door: who is let in, and who is expected."""
