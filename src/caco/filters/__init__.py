"""Rules on executed programs."""
