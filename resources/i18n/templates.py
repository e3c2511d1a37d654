"""Finds, in the source below the window, the texts a user may see in it.

These are the f-strings and constants handed to a StudioError, reported as progress or kept as a
note, with {0} {1} … for what is put into them. Names are followed to where they are assigned,
calls to what they return.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# What only the command line says, and what tells of our own mistakes, is not shown translated.
NOT_SHOWN = ("commands", "cli", "__main__", "app", "map_report", "tables")
WITH_QT = ("ui", "panels")
OF_OURS = {"VerifyError"}
NOTES = {"notes", "remarks", "warnings", "ignored", "proof", "words"}
TELLS = re.compile(r"note|remark|advice|hint|reason|explain|words|cause")
DEEPEST = 5
MOST = 24


@dataclass
class Module:
    """One file, with its top-level names, nodes and calls; ``below`` the window or of it."""

    path: Path
    tree: ast.Module
    below: bool
    constants: dict[str, list[ast.expr]] = field(default_factory=dict)
    nodes: list[tuple[ast.FunctionDef | None, ast.AST]] = field(default_factory=list)
    calls: dict[str, list[tuple[ast.FunctionDef | None, ast.Call]]] = field(default_factory=dict)


@dataclass
class Finder:
    """Everything below the window, indexed by name."""

    modules: list[Module]
    functions: dict[str, list[tuple[Module, ast.FunctionDef]]]
    errors: set[str]
    found: dict[str, None] = field(default_factory=dict)

    def add(
        self,
        module: Module,
        scope: ast.FunctionDef | None,
        value: ast.expr,
        known: Callable[[str], bool] | None = None,
    ) -> None:
        """Remember the templates ``value`` may be, those for which ``known`` is true."""
        for text in self.templates(module, scope, value, 0):
            if (known or tells)(text):
                self.found.setdefault(numbered(text))

    def templates(
        self, module: Module, scope: ast.FunctionDef | None, value: ast.expr, depth: int
    ) -> list[str]:
        """Texts ``value`` may be, with a NUL for every place; [NUL] where nothing is known."""
        if depth > DEEPEST:
            return ["\0"]

        def inside(part: ast.expr) -> list[str]:
            return self.templates(module, scope, part, depth + 1)

        match value:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                for part in parts:
                    if isinstance(part, ast.FormattedValue):
                        self.add_inner(module, scope, part.value, depth)
                return [
                    "".join(
                        part.value if isinstance(part, ast.Constant) else "\0" for part in parts
                    )
                ]
            case ast.IfExp(body=body, orelse=other):
                return [*inside(body), *inside(other)]
            case ast.BoolOp(values=values):
                return [text for part in values for text in inside(part)]
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                joined = [a + b for a in inside(left) for b in inside(right)]
                return joined if len(joined) <= MOST else ["\0"]
            case ast.Name(id=name):
                return self.of_name(module, scope, name, depth)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join")):
                for part in value.args:
                    self.add_inner(module, scope, part, depth)
                return ["\0"]
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return self.returned(name, depth)
        return ["\0"]

    def add_inner(
        self, module: Module, scope: ast.FunctionDef | None, value: ast.expr, depth: int
    ) -> None:
        """Parts of a text that are texts themselves are translated by themselves."""
        if isinstance(value, ast.Name | ast.IfExp | ast.Call | ast.BoolOp):
            for text in self.templates(module, scope, value, depth + 1):
                if tells(text):
                    self.found.setdefault(numbered(text))

    def of_name(
        self, module: Module, scope: ast.FunctionDef | None, name: str, depth: int
    ) -> list[str]:
        """What is assigned to a name, or handed to the parameter of that name."""
        texts: list[str] = []
        if scope is not None:
            for value in assigned(scope, name):
                texts += self.templates(module, scope, value, depth + 1)
            place = parameter(scope, name)
            if place is not None and not texts:
                for caller, call in module.calls.get(scope.name, []):
                    value = argument(call, place, name)
                    if value is not None:
                        texts += self.templates(module, caller, value, depth + 1)
        if not texts:
            for value in module.constants.get(name, []):
                texts += self.templates(module, None, value, depth + 1)
        return list(dict.fromkeys(texts))[:MOST] or ["\0"]

    def returned(self, name: str, depth: int) -> list[str]:
        """What functions of that name return, where that is text."""
        texts: list[str] = []
        for module, function in self.functions.get(name, []):
            if not gives_text(function):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    texts += self.templates(module, function, node.value, depth + 1)
        return list(dict.fromkeys(texts))[:MOST] or ["\0"]


def collect(studio: Path) -> list[str]:
    """Every template of the source below ``studio``, in the order of the files."""
    modules = [read(path, studio) for path in sorted(studio.rglob("*.py")) if shown(path, studio)]
    functions: dict[str, list[tuple[Module, ast.FunctionDef]]] = {}
    for module in modules:
        for _, node in module.nodes:
            if module.below and isinstance(node, ast.FunctionDef):
                functions.setdefault(node.name, []).append((module, node))
    finder = Finder(modules, functions, error_classes(modules) - OF_OURS)
    for module in modules:
        for scope, node in module.nodes:
            for value in texts_of(node, finder.errors, module.below):
                finder.add(module, scope, value)
            for value in progress_of(node) if module.below else ():
                finder.add(module, scope, value, says)
            if module.below and isinstance(node, ast.FunctionDef) and TELLS.search(node.name):
                for text in finder.returned(node.name, 0) if gives_text(node) else []:
                    if tells(text):
                        finder.found.setdefault(numbered(text))
    return list(finder.found)


def texts_of(node: ast.AST, errors: set[str], below: bool) -> Iterator[ast.expr]:
    """The expressions in ``node`` (alone) that make a text for the user.

    In the window's own files (not ``below`` it) those are only the errors that are in English.
    """
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            last = getattr(owner, "attr", getattr(owner, "id", ""))
            if name in errors:
                yield from node.args[:1]
                yield from (key.value for key in node.keywords if key.arg in ("message", "hint"))
            elif not below:
                return
            elif name == "append" and last in NOTES:
                yield from node.args
            for key in node.keywords:
                if key.arg == "hint" and name not in errors:
                    yield key.value
                elif key.arg in NOTES:
                    yield from elements(key.value)
        case _ if not below:
            return
        case ast.Assign(targets=[target], value=value):
            if getattr(target, "attr", getattr(target, "id", "")) in NOTES:
                yield from elements(value)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            if getattr(target, "attr", getattr(target, "id", "")) in NOTES:
                yield from elements(value)
        case ast.AugAssign(target=target, value=value):
            if getattr(target, "attr", getattr(target, "id", "")) in NOTES:
                yield from elements(value)


def progress_of(node: ast.AST) -> Iterator[ast.expr]:
    """The texts that ``node`` reports as progress, of which one word is enough."""
    match node:
        case ast.Call(func=ast.Attribute(attr="step"), args=[_, _, text]):
            yield text
        case ast.Call(func=ast.Attribute(attr="_set"), keywords=keywords):
            yield from (key.value for key in keywords if key.arg == "text")
        case ast.Assign(targets=[ast.Attribute(attr="_progress")], value=ast.Tuple(elts=members)):
            yield from members[2:]
        case ast.Assign(targets=[ast.Name(id="STEPS")], value=ast.Dict(values=values)):
            yield from values
        case ast.FunctionDef(name="progress"):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Tuple):
                    yield from inner.value.elts[2:]


def elements(value: ast.expr) -> Iterator[ast.expr]:
    """The members of a list, tuple or comprehension; the value itself where it is none."""
    match value:
        case ast.Tuple(elts=members) | ast.List(elts=members):
            for member in members:
                yield from elements(member)
        case ast.ListComp(elt=member) | ast.GeneratorExp(elt=member):
            yield member
        case ast.Starred(value=ast.ListComp() | ast.GeneratorExp() as inner):
            yield inner.elt
        case ast.Starred():
            return
        case ast.BinOp(left=left, right=right):
            yield from elements(left)
            yield from elements(right)
        case ast.Call(func=ast.Name(id="tuple"), args=[inner]):
            yield from elements(inner)
        case ast.IfExp(body=body, orelse=other):
            yield from elements(body)
            yield from elements(other)
        case _:
            yield value


def error_classes(modules: list[Module]) -> set[str]:
    """The names of StudioError and everything derived from it."""
    known = {"StudioError"}
    bases = {
        node.name: {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
        for module in modules
        for _, node in module.nodes
        if isinstance(node, ast.ClassDef)
    }
    while new := {name for name, above in bases.items() if above & known} - known:
        known |= new
    return known


def tells(text: str) -> bool:
    """Whether a template says something by itself: two words, or one that is a sentence."""
    if "\\" in text or " " not in text.strip():  # a regular expression, or a name
        return False
    words = re.findall(r"[A-Za-z]{2,}", text.replace("\0", " "))
    return len(words) >= 2 or (len(words) == 1 and text.endswith("."))


def says(text: str) -> bool:
    """Whether a template has a word of its own, as all that tells of progress has."""
    return re.search(r"[A-Za-z]{2,}", text.replace("\0", " ")) is not None


def numbered(text: str) -> str:
    """``text`` with {0} {1} … for its places; places that touch are one."""
    parts = re.split(r"\0+", text)
    return "".join(
        part + (f"{{{index}}}" if index < len(parts) - 1 else "")
        for index, part in enumerate(parts)
    )


def read(path: Path, studio: Path) -> Module:
    """Parse one file."""
    below = path.relative_to(studio).parts[0] not in WITH_QT
    module = Module(path, ast.parse(path.read_text(encoding="utf-8"), str(path)), below)
    module.nodes = nodes(module.tree)
    for scope, node in module.nodes:
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            module.calls.setdefault(name, []).append((scope, node))
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                module.constants.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                module.constants.setdefault(name, []).append(value)
    return module


def shown(path: Path, studio: Path) -> bool:
    """Whether the window may show what the file says."""
    first = path.relative_to(studio).parts[0]
    return not first.startswith(NOT_SHOWN)


def nodes(tree: ast.Module) -> list[tuple[ast.FunctionDef | None, ast.AST]]:
    """Every node, in the file's order, with the innermost function around it."""
    found: list[tuple[ast.FunctionDef | None, ast.AST]] = []
    waiting: list[tuple[ast.FunctionDef | None, ast.AST]] = [(None, tree)]
    while waiting:
        scope, node = waiting.pop()
        found.append((scope, node))
        inner = node if isinstance(node, ast.FunctionDef) else scope
        waiting += [(inner, child) for child in reversed(list(ast.iter_child_nodes(node)))]
    return found


def assigned(scope: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    """What is assigned to a local name, tuples taken apart."""
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.AugAssign(target=ast.Name(id=target), value=value) if target == name:
                yield ast.BinOp(ast.Name(""), ast.Add(), value)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for target, value in zip(targets, values, strict=False):
                    if isinstance(target, ast.Name) and target.id == name:
                        yield value


def parameter(scope: ast.FunctionDef, name: str) -> int | None:
    """The place of a parameter, counted without ``self``; -1 for a keyword only one."""
    names = [one.arg for one in scope.args.args if one.arg not in ("self", "cls")]
    if name in names:
        return names.index(name)
    return -1 if name in {one.arg for one in scope.args.kwonlyargs} else None


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    """What a call hands to one parameter."""
    for key in call.keywords:
        if key.arg == name:
            return key.value
    return call.args[place] if 0 <= place < len(call.args) else None


def gives_text(function: ast.FunctionDef) -> bool:
    """Whether a function says that it returns text."""
    return function.returns is not None and ast.unparse(function.returns).startswith("str")
