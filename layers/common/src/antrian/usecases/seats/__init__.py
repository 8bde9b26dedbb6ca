"""The seats of the days: who may give them, and where some are free."""
