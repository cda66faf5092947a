"""Recipes: functions that return a RunConfig, one module each."""
