"""The nouns of a quality system: frozen values, one module for each kind of file."""
