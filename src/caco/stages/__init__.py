"""The stages, one file each, in flow order; pure."""
