"""Words: findings in each format, assignment files, answers, pages."""
