"""The unified form: programs as text, as syntax trees, as runs, and the text that goes with them."""
