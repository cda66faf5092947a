"""A stand-in for a large model behind a real server: it knows the shipped seeds, reads prompts, and errs now and then.

It works from what a prompt says alone. For a program it knows the words, for words the program; all numbers it reads
from the prompt. Whether it thinks aloud, chats, errs or is cut off follows from a hash of the request.
"""

import ast
import hashlib
import json
import re
import sys
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path

from caco.program import values
from caco.program.form import parse, with_inputs
from caco.records import CodeCoT, Line, Seed
from caco.stages.collect import collect
from caco.stages.unify import compiling
from caco.text.mentions import mentions
from caco.text.template import is_number, render

SLOT = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*)(?::([^{}]*))?\}")


@cache
def shipped():
    """The shipped seeds that compile, with their programs."""
    return tuple(_shipped())


def _shipped():
    read = collect({}, {}).fn
    for file in sorted(Path(str(files("caco.seeds"))).glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            seed = read(Line(number=number, fields=line))
            made = compiling()(seed) if isinstance(seed, Seed) else None
            if isinstance(made, CodeCoT):
                yield seed, made


class Brain:
    """`brain(body) -> [(text, finish), ...]`, as a server wants it."""

    def __init__(self):
        self.by_problem, self.by_skeleton, self.patterns, self.known = {}, {}, [], {}
        for seed, made in shipped():
            self.by_problem[squeezed(seed.problem)] = made.code
            self.by_skeleton[skeleton(made.code)] = made
            self.patterns.append((pattern(made.text), made))

    def __call__(self, body):
        said = {m["role"]: m["content"] for m in body["messages"]}
        system, user = said.get("system", ""), said["user"]
        luck = int(hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(), 16)
        for opening, reply in self._replies().items():
            if system.startswith(opening):
                return [spoken(reply(user, luck, i), luck + i) for i in range(body["n"])]
        raise AssertionError(f"an unknown prompt: {system[:80]}")

    def _replies(self):
        return {
            "You write the computation": self.program,
            "You bring the solution": self.program,
            "You correct": lambda user, luck, i: self.program(user, 1, i),
            "You write problems": self.problem,
            "You write tasks": self.problem,
            "You mend": lambda user, luck, i: self.problem(user, 1, i),
            "You solve": self.solution,
            "You check": self.judgement,
        }

    def program(self, user, luck, i):
        match = re.match(
            r"(?:Problem|Task):\n(.*?)(?=\n\n(?:A solution|A program|An explanation|The program|What is)|\Z)",
            user,
            re.S,
        )
        text = match[1] if match else user
        code = self.by_problem.get(squeezed(text)) or self.read(text)
        if code is None:
            return "I do not understand this problem."
        if (luck + i) % 7 == 0:
            code = code.replace("return ", "return 1 + ", 1)
        return f"```python\n{code}\n```"

    def read(self, text):
        if text not in self.known:
            self.known[text] = self._read(text)
        return self.known[text]

    def _read(self, text):
        """The program of a text with the numbers that the text states."""
        for found, made in self.patterns:
            if match := found.search(squeezed(text)):
                inputs = dict(parse(made.code).inputs)
                for group, given in match.groupdict().items():
                    inputs[group] = value_of(given, inputs[group])
                    if inputs[group] is None:
                        return None
                return with_inputs(made.code, inputs)
        return None

    def problem(self, user, luck, i):
        code = re.search(r"```python\n(.*?)\n```", user, re.S)[1]
        made = self.by_skeleton.get(skeleton(code))
        if made is None:
            return "<problem>What is it?</problem>"
        text = render(made.text, parse(code).inputs)
        if luck % 9 == 0:
            answer = re.search(r"Output \(not to be stated\): (.*)", user)[1]
            text = f"{text} (The answer is {answer}.)"
        opening = "Exercise. " if "examination" in user else ""
        return f"<problem>{opening}{text}</problem>" if luck % 3 else f"Here is the problem:\n\n{opening}{text}"

    def solution(self, user, luck, i):
        code = self.read(user)
        if code is None:
            return "This cannot be solved as it stands."
        steps, output = told(code)
        if (luck >> 8 * i) % 6 == 0 and is_number(output):
            output += 1
        lines = [f"{name.replace('_', ' ')} = {values.show(value)}" for name, value in steps]
        return "\n".join([*lines, f"The answer is \\boxed{{{values.show(output)}}}."])

    def judgement(self, user, luck, i):
        """Holds every `name = number` of the solution against the trace."""
        trace = dict(re.findall(r"^line \d+: (\w+) = (.*)$", user, re.M))
        solution = user.split("Solution:\n")[1]
        steps = []
        for name, value in re.findall(r"^([a-z][a-z0-9 ]*) = (.*)$", solution, re.M):
            known = trace.get(name.replace(" ", "_"))
            steps.append({"step": f"{name} = {value}", "line": name, "consistent": known in (None, value[:80])})
        wrong = [step["step"] for step in steps if not step["consistent"]]
        said = {"steps": steps, "fault": wrong[0] if wrong else "", "consistent": not wrong}
        return f"```json\n{json.dumps(said)}\n```" if luck % 2 else json.dumps(said)


def spoken(text, luck):
    """The text as one model or another would put it; one in forty is cut off."""
    if luck % 40 == 0:
        return text[: len(text) // 2], "length"
    if luck % 5 == 0:
        return f"<think>\nLet me see. {{'consistent': true}}\n</think>\n{text}", "stop"
    if luck % 5 == 1:
        return f"Sure! Here you are:\n\n{text}", "stop"
    return text, "stop"


def squeezed(text):
    return " ".join(text.split())


def skeleton(code):
    """A program less its inputs."""
    tree = ast.parse(code)
    body = [s for s in tree.body if not (isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "input")]
    return ast.unparse(ast.Module(body, []))


def pattern(template):
    """A regular expression that finds a template's text, its slots as groups; a repeated slot must repeat."""
    parts, at, seen = [], 0, set()
    template = squeezed(template)
    for match in SLOT.finditer(template):
        parts.append(re.escape(template[at : match.start()]))
        at = match.end()
        name = match[1]
        if not name:
            parts.append(re.escape(match[0][0]))
        elif name in seen:
            parts.append(".+?")
        else:
            seen.add(name)
            parts.append(f"(?P<{name}>.+?)")
    return re.compile("".join([*parts, re.escape(template[at:])]), re.S)


def value_of(given, like):
    """A value as the text states it, of the type that the program takes; None where it is not understood."""
    if isinstance(like, str):
        try:
            read = ast.literal_eval(given)
        except (ValueError, SyntaxError):
            read = given
        return read if isinstance(read, str) else given
    if is_number(like):
        found = mentions(given)
        if len(found) != 1:
            return None
        number = found[0].value
        if isinstance(like, float):
            return float(number) if Fraction(like).limit_denominator(10**6) >= 1 or number < 1 else float(number / 100)
        return int(number) if number.denominator == 1 else float(number)
    try:
        read = ast.literal_eval(given if given[0] in "[({" else f"[{given}]")
    except (ValueError, SyntaxError):
        return None
    return type(like)(read)


def told(code):
    """Runs one of the shipped programs; the numbers that its entry assigns, and its output."""
    space, steps = {}, []

    def tracer(frame, event, argument):
        return local if frame.f_code.co_filename == "<brain>" and frame.f_code.co_name != "<module>" else None

    def local(frame, event, argument):
        if event == "return":
            known = parse(code).inputs
            steps.extend((k, v) for k, v in frame.f_locals.items() if k not in known and is_number(v))
        return local

    sys.settrace(tracer)
    try:
        exec(compile(code.replace("print(output)", ""), "<brain>", "exec"), space)
    finally:
        sys.settrace(None)
    return steps[:12], space["output"]
