"""A quality system kept in git: documents, roles and training records, and the law that holds them together."""

__version__ = "0.1.0"
