"""Rules on roles, activities and people."""
