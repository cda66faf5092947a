"""Indexes: what is looked up among many rows or items."""
