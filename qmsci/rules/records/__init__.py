"""Rules on what every record must be, and stay."""
