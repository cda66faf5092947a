"""Datasets in the form that a trainer reads: a format is a pure function from a row, the rest writes files."""
