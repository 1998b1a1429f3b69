"""Rules on assignments, completions and waivers."""
