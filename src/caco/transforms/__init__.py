"""Transforms of programs together with their texts: each makes new CodeCoTs from executions that were seen to be right.

A transform declares what it preserves, and trusts nothing: what it makes runs in the sandbox and must keep the bounds
(`caco.instances.bounds`) that the seed's run showed. Nothing here runs a program; `arithmetic` only predicts, in exact
fractions, which proposals are worth the sandbox's time.
"""
