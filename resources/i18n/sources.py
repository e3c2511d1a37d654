"""Finds every text of the window in the source: tr, translate, and the options' own words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Arguments of base/fields.option that are shown, and the context they are translated in.
SHOWN = {"label": "Option", "explain": "Option", "none": "Option", "group": "Option"}
MARKS = {"QT_TRANSLATE_NOOP", "QT_TRANSLATE_NOOP3"}


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate; ``comment`` tells equal ones apart, ``plural`` has a count."""

    context: str
    source: str
    comment: str = ""
    plural: bool = False


def collect(studio: Path) -> tuple[list[Text], list[str]]:
    """Every text of the files below ``studio``, sorted, and the calls that name none.

    Those are a ``tr`` of something else than a constant, or of another object than ``self``:
    the class that translates would be another one than where the text stands.
    """
    found: set[Text] = set()
    wrong: list[str] = []
    for path in sorted(studio.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for text, call in in_file(tree):
            if text.context and text.source:
                found.add(text)
            else:
                wrong.append(f"{path.name}:{call.lineno}: {ast.unparse(call)}")
    return sorted(found), wrong


def in_file(tree: ast.Module) -> Iterator[tuple[Text, ast.Call]]:
    """The texts of one file, each with its call; "" where the call names none."""
    wrappers = {
        node.name: context
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (context := wrapped(node)) is not None
    }
    wrappers |= dict.fromkeys(aliases(tree), "")
    for owner, call in calls(tree):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name == "tr" and isinstance(call.func, ast.Attribute):
            comment = call.args[1] if len(call.args) > 1 else None
            own = owner if getattr(call.func.value, "id", "") == "self" else ""
            text = Text(own, constant_at(call, 0), constant(comment), len(call.args) > 2)
            yield text, call
        elif name == "translate" and isinstance(call.func, ast.Attribute):
            texts = [constant(one) for one in call.args[:2]]
            if len(texts) == 2 and all(texts):
                comment = call.args[2] if len(call.args) > 2 else None
                yield Text(texts[0], texts[1], constant(comment), len(call.args) > 3), call
        elif name in MARKS:
            yield Text(constant_at(call, 0), constant_at(call, 1)), call
        elif name in wrappers and isinstance(call.func, ast.Name):
            yield from ((text, call) for text in wrapped_call(wrappers[name], call))
        elif name == "option" and isinstance(call.func, ast.Name):
            yield from ((text, call) for text in of_option(call))


def wrapped(function: ast.FunctionDef) -> str | None:
    """The context a helper such as ``_tr(text)`` translates in; "" where it is handed one."""
    match function.body:
        case [ast.Return(value=ast.Call(func=ast.Attribute(attr="translate"), args=args))]:
            names = [argument.arg for argument in function.args.args]
            match args[:2]:
                case [ast.Constant(value=str(context)), ast.Name(id=text)] if text in names[:1]:
                    return context
                case [ast.Name(id=first), ast.Name(id=text)] if [first, text] == names[:2]:
                    return ""
    return None


def aliases(tree: ast.Module) -> Iterator[str]:
    """Short names given to ``translate`` itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr="translate")):
                yield name


def wrapped_call(context: str, call: ast.Call) -> Iterator[Text]:
    """A call of such a helper. Its text may be a variable: then its maker has marked it."""
    texts = [constant(one) for one in call.args]
    if context:
        texts = [context, *texts]
    if len(texts) >= 2 and all(texts[:2]):
        yield Text(texts[0], texts[1])


def of_option(call: ast.Call) -> Iterator[Text]:
    """What a field of a dataclass says of itself."""
    given = dict(zip(("default", "label", "explain"), call.args, strict=False))
    given |= {key.arg: key.value for key in call.keywords if key.arg}
    if constant(given.get("kind")) == "hidden":
        return
    for name, context in SHOWN.items():
        if text := constant(given.get(name)):
            yield Text(context, text)
    if text := constant(given.get("unit")):
        yield Text("Unit", text)
    names = given.get("names", given.get("choices"))
    if isinstance(names, ast.Tuple):
        for one in names.elts:
            yield Text("Choice", constant(one))


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of the class around it."""
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        owner, node = waiting.pop()
        if isinstance(node, ast.Call):
            yield owner, node
        inner = node.name if isinstance(node, ast.ClassDef) else owner
        waiting += [(inner, child) for child in ast.iter_child_nodes(node)]


def constant(value: ast.expr | None) -> str:
    """A constant text; "" where there is none."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return ""


def constant_at(call: ast.Call, place: int) -> str:
    """The constant text a call has in this place; "" where there is none."""
    return constant(call.args[place]) if place < len(call.args) else ""
