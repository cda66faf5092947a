"""`python -m caco`: the command line."""

from caco.cli import main

main()
