"""Compilers: a seed that carries its own computation becomes a Code CoT, without a model."""
