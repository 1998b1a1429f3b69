"""The chain behind a record: which fact led to which, as a graph of dated facts."""
