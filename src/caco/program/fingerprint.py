"""Fingerprints of programs in the unified form: equal ones are duplicates, each in its own sense.

text        the same program but for comments and layout
tree        the same syntax up to names, literals and the order of independent statements
graph       the same operations on the inputs, however they are split into statements; with `values`,
                on the same numbers
behaviour   the same outputs on the same probes
"""

import ast
from collections import Counter
from collections.abc import Iterable, Sequence

from caco.lineage import digest
from caco.program.form import Program, parse
from caco.program.valuegraph import Reader, mark


def text_fingerprint(code: str) -> str:
    """Of the program's text without comments and layout; raises FormError where it is not in the form."""
    return digest("text", ast.unparse(parse(code).tree))


def tree_fingerprint(code: str) -> str:
    """Of the syntax tree up to names, literals and the order of statements that do not depend on one another."""
    return digest("tree", _read(parse(code), ordered=True).tree)


def graph_fingerprint(code: str, values: bool = False) -> str:
    """Of the operations that lead from the inputs to the output, whatever the inputs are called and in which order.

    With `values`, the numbers of the inputs and of the logic count too: the same computation, told in other words.
    """
    program = parse(code)
    names = list(program.inputs)
    if values:
        marks = {name: mark("value", _plain(value)) for name, value in program.inputs.items()}
        return digest("graph", "values", _read(program, marks, values=True).graph)
    roles = {n: _read(program, {m: mark("input", str(m == n)) for m in names}).graph for n in names}
    return digest("graph", _read(program, roles).graph, sorted(Counter(roles.values()).items()))


def behaviour_fingerprint(outputs: Iterable[str]) -> str:
    """Of what a program gives on a fixed row of probes, as canonical JSON."""
    return digest("behaviour", list(outputs))


def _read(
    program: Program, inputs: dict[str, str] | None = None, values: bool = False, ordered: bool = False
) -> Reader:
    """The program read with these marks for its inputs; without marks they are told apart by their place."""
    reader = Reader(values=values, ordered=ordered)
    reader.program(program.tree.body[:-2], program.functions[-1], inputs)
    return reader


def _plain(value: object) -> str:
    """A value's text in which 2 and 2.0 are one number."""
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return f"[{', '.join(map(_plain, value))}]"
    return repr(value)
