"""Rules on controlled documents."""
