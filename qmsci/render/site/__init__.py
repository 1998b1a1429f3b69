"""The site: each kind of page in a module, from the records to nouns of a page, and from these to Markdown and data."""
