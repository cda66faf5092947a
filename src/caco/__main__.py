"""`python -m caco`: the command line."""

from caco.cli.main import main

main()
