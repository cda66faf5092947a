"""How large a typed value may be, and the errors for values that have no canonical form."""

MAX_DEPTH = 100
MAX_NODES = 200_000
"""Parts are counted with repetition: a value that holds another many times is written many times over."""
PLAIN_INT_BITS = 13_000
"""Longer ints are written in hex: Python refuses decimal text of more than 4,300 digits."""


class UnencodableError(ValueError):
    """The value has no canonical form; the message names its type."""


class TooLargeError(UnencodableError):
    """The value has too many parts."""


class Budget:
    """The parts that one value may still have."""

    def __init__(self, parts: int = MAX_NODES) -> None:
        self.left = parts

    def spend(self, parts: int, depth: int) -> None:
        """Count `parts` at `depth`; raises where there are too many, or they lie too deep."""
        self.left -= parts
        if self.left < 0:
            raise TooLargeError("has too many parts")
        if depth > MAX_DEPTH:
            raise UnencodableError(f"nested more than {MAX_DEPTH} deep, or holds itself")


def number(value: int) -> int | str:
    """An int as JSON: itself, or hex text where it is long."""
    return value if value.bit_length() <= PLAIN_INT_BITS else hex(value)
