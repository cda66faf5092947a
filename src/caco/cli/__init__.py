"""The command line: parses words, calls the library, prints. No logic of its own."""
