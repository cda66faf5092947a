"""Rewards under the names and signatures that trainers call; the scoring is the same in all."""
