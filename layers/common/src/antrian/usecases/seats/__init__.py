"""The seats of the days: giving them, taking them back, and finding free ones."""
