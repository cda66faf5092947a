"""Trainers: rows of prompts and completions to a model's folder."""
