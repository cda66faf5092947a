"""Programs in foreign forms brought into the unified form.

Fences, cells, a main guard, prints, a bare function with its call, a function without arguments, a script with an
answer variable: each becomes a dict `input`, an entry and its call. Values that the program writes into its logic are
lifted into `input` (`caco.foreign.lift`). What cannot be brought in raises FormError with the reason.
"""

from caco.foreign.blocks import needed_cells, unfenced
from caco.foreign.draft import Draft, drafted
from caco.foreign.given import unpacked
from caco.foreign.lift import lifted
from caco.foreign.script import completed, unguarded
from caco.program.form import FormError, parse, render


def normalise(text: str, problem: str = "") -> str:
    """The program in `text` in the unified form; one that is already in it is unchanged.

    `problem` is the question it answers: its numbers tell which values are inputs. Raises FormError.
    """
    code = unfenced(text)
    if in_form(code):
        return code
    script, given = unpacked(completed(unguarded(needed_cells(code))))
    draft = drafted(script)
    if not draft.inputs:
        draft = lifted(draft, problem, given)
    written = _written(draft)
    parse(written)
    return written


def in_form(code: str) -> bool:
    """Whether a program is in the unified form."""
    try:
        parse(code)
    except FormError:
        return False
    return True


def _written(draft: Draft) -> str:
    functions = "\n\n".join(filter(None, [draft.helpers, draft.entry]))
    return render(draft.inputs, draft.name, functions, draft.imports, draft.notes)
