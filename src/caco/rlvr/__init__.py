"""Rewards, and environments compiled from programs."""
