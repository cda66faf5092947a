"""Seeds that ship with the package: `data/`, one file a family."""
