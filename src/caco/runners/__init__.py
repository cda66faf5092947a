"""Runners: they place the work of stages; a row never knows which."""
