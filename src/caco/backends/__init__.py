"""Implementations of the ports: the effects."""
