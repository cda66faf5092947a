"""A stand-in for a CodeGen model: programs written at random by the seed of the request, some of them faulty."""

import random

OPERATIONS = ("a + b", "a * b", "a - b", "a * a + b", "(a + b) * b", "a * b - a", "a * a * b")


def write(request):
    """`n` texts: most hold, one in ten is cut off, one in ten divides by nothing, one in ten leaves an input idle."""
    draw = random.Random(f"{request.prompt} {request.sampling.seed}")
    return [one(draw) for _ in range(request.sampling.n)]


def one(draw):
    body = draw.choice(OPERATIONS)
    fault = draw.random()
    if fault < 0.1:
        body = "a / (b - b)"
    elif fault < 0.2:
        body = "a + 1"
    inputs = {"a": draw.randrange(2, 50), "b": draw.randrange(2, 50)}
    code = f"input = {inputs}\n\ndef solve(a, b):\n    result = {body}\n    return result\n\n"
    return code if 0.2 <= fault < 0.3 else code + "output = solve(**input)\nprint(output)\n"


def write_one_thing(request):
    """A model that has collapsed: always the same operation."""
    draw = random.Random(f"{request.prompt} {request.sampling.seed}")
    code = "input = {'a': %d, 'b': %d}\ndef solve(a, b):\n    return a + b\noutput = solve(**input)\nprint(output)\n"
    return [code % (draw.randrange(2, 99), draw.randrange(2, 99)) for _ in range(request.sampling.n)]


def write_nothing(request):
    """A model that has learned nothing."""
    return ["input = {"] * request.sampling.n
