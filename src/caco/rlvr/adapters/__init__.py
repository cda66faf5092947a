"""One environment, every trainer: the same instances under the names that each of them calls."""
