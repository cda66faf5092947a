"""Jobs: a table in, an artifact out."""
