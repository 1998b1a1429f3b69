"""`python -m qmsci`."""

from qmsci.cli import main

main()
