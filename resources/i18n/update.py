"""Brings the translations up to date with the source; run it after changing a text.

    python resources/i18n/update.py                   texts found, .ts and .qm written
    python resources/i18n/update.py --missing M.json  and what has no translation into M.json
    python resources/i18n/update.py --fill T.json     translations put in first, as M.json has them

Needs only PySide6, whose lupdate keeps the translations of texts that stay and whose lrelease
packs them. messages.json lists the texts made below the window, for studio/ui/language.py.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import PySide6

sys.path.insert(0, str(Path(__file__).resolve().parent))

import sources
import templates

HERE = Path(__file__).resolve().parent
STUDIO = HERE.parents[1] / "studio"
TS, QM, MESSAGES = "cim-studio_zh.ts", "cim-studio_zh.qm", "messages.json"

Catalogue = dict[str, dict[str, str]]


def main() -> int:
    """Update the files beside this one and say how many texts are still to be translated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fill", type=Path, help="JSON of context, text, translation")
    parser.add_argument("--missing", type=Path, help="write what has no translation here")
    given = parser.parse_args()
    for call in extract(HERE):
        sys.stdout.write(f"no text to translate: {call}\n")
    if given.fill:
        fill(HERE / TS, json.loads(given.fill.read_text(encoding="utf-8")))
        extract(HERE)  # in lupdate's own hand, so that the next run changes nothing
    compile_(HERE)
    missing = {
        context: {text: "" for text, translation in texts.items() if not translation}
        for context, texts in read(HERE / TS).items()
    }
    missing = {context: texts for context, texts in missing.items() if texts}
    if given.missing:
        text = json.dumps(missing, ensure_ascii=False, indent=1)
        given.missing.write_text(text + "\n", encoding="utf-8", newline="\n")
    count = sum(map(len, missing.values()))
    sys.stdout.write(f"{count} texts without translation\n")
    return 0


def extract(folder: Path) -> list[str]:
    """Write ``folder``'s .ts (translations it has are kept) and its list of messages.

    Gives the calls whose text cannot be found (see sources.collect).
    """
    messages = templates.collect(STUDIO)
    found, wrong = sources.collect(STUDIO)
    found += [sources.Text("Message", text) for text in messages]
    with tempfile.TemporaryDirectory() as temporary:
        listed = Path(temporary, "texts.py")
        lines = [line(text) for text in sorted(set(found))]
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run(
            "lupdate", "-silent", "-no-obsolete", "-locations", "none", "-no-ui-lines",
            "-source-language", "en", "-target-language", "zh_CN",
            str(listed), "-ts", str(folder / TS),
        )  # fmt: skip
    content = json.dumps(sorted(messages), ensure_ascii=False, indent=0)
    (folder / MESSAGES).write_text(content + "\n", encoding="utf-8", newline="\n")
    return wrong


def compile_(folder: Path) -> None:
    """Write ``folder``'s .qm from its .ts."""
    run("lrelease", "-silent", "-nounfinished", str(folder / TS), "-qm", str(folder / QM))


def line(text: sources.Text) -> str:
    """The call by which lupdate finds one text."""
    arguments = [text.context, text.source, *([text.comment] if text.comment else [])]
    if text.plural:
        arguments += [] if text.comment else [""]
    quoted = ", ".join(json.dumps(argument, ensure_ascii=False) for argument in arguments)
    return f"QCoreApplication.translate({quoted}{', n' if text.plural else ''})"


def read(path: Path) -> Catalogue:
    """What a .ts holds, by context and text; "" for what is not translated yet."""
    found: Catalogue = {}
    for context, message in messages_of(ET.parse(path)):
        translation = message.find("translation")
        text = ""
        if translation is not None and translation.get("type") != "unfinished":
            forms = [form.text or "" for form in translation.iter("numerusform")]
            text = forms[0] if forms else translation.text or ""
        found.setdefault(context, {})[message.findtext("source", "")] = text
    return found


def fill(path: Path, given: Catalogue) -> None:
    """Put translations into a .ts; empty ones are left out."""
    tree = ET.parse(path)
    for context, message in messages_of(tree):
        text = given.get(context, {}).get(message.findtext("source", ""), "")
        translation = message.find("translation")
        if text and translation is not None:
            translation.attrib.pop("type", None)
            forms = list(translation.iter("numerusform"))
            for form in forms:
                form.text = text
            if not forms:
                translation.text = text
    tree.write(path, encoding="utf-8", xml_declaration=True)


def messages_of(tree: ET.ElementTree) -> list[tuple[str, ET.Element]]:
    """Every message of a .ts with its context's name."""
    return [
        (context.findtext("name", ""), message)
        for context in tree.iter("context")
        for message in context.iter("message")
    ]


def run(tool: str, *arguments: str) -> None:
    """Run one of the tools that come inside PySide6."""
    ending = ".exe" if sys.platform == "win32" else ""
    program = Path(PySide6.__file__).parent / (tool + ending)
    subprocess.run([str(program), *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
