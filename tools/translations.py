"""Brings the English catalogue up to date: `python -m tools.translations`.

Reads every `_()`, `n_()` and `mark()` literal of the package, merges them into the catalogue,
compiles it, and lists what still lacks an English text. Fill those in the .po, run it again.
"""

import ast
import io
import os
import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "fsmobile"
PO = PACKAGE / "texts/locale/en/LC_MESSAGES/fsmobile.po"
MO = PO.with_suffix(".mo")
METHODS = [("**.py", "tools.translations:extract_literals"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "n_": (1, 2), "mark": None}


def extract_literals(
    file: IO[bytes], keywords: Collection[str], comment_tags: object, options: object
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Yield the literals of a module, those in an f-string too.

    Before Python 3.12 Babel's own reader takes an f-string for one token and passes over them.
    """
    for node in ast.walk(ast.parse(file.read())):
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in keywords:
                values = [
                    argument.value if isinstance(argument, ast.Constant) else None
                    for argument in arguments
                ]
                texts = tuple(value if isinstance(value, str) else None for value in values)
                yield node.lineno, name, texts, []


def extract_messages(package: Path = PACKAGE) -> Catalog:
    """Return a catalogue of every literal that the package translates."""
    catalogue = Catalog(fuzzy=False)
    found = extract_from_dir(package, METHODS, keywords=KEYWORDS)
    for file, _line, message, _comments, _context in sorted(found, key=lambda row: row[:2]):
        catalogue.add(message, locations=[(f"fsmobile/{Path(file).as_posix()}", 0)])
    return catalogue


def load_english() -> Catalog:
    """Return the English catalogue as it is committed."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def merge_messages(english: Catalog, messages: Catalog) -> Catalog:
    """Return the messages of the package with the English texts that are known."""
    merged = Catalog(locale="en", fuzzy=False, creation_date=_NO_DATE, revision_date=_NO_DATE)
    for message in messages:
        if message.id:
            known = english.get(message.id)
            merged.add(message.id, known.string if known else None, message.locations)
    return merged


def list_missing(catalogue: Catalog) -> list[str]:
    """Return the French literals that have no English text, or not for each number."""
    missing = []
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(texts):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def compile_catalogue(catalogue: Catalog) -> bytes:
    """Return the bytes of the compiled catalogue."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def format_catalogue(catalogue: Catalog) -> bytes:
    """Return the text of the catalogue, without line numbers so that it changes rarely."""
    written = io.BytesIO()
    options = {"sort_output": True, "include_lineno": False, "omit_header": True}
    write_po(written, catalogue, width=98, **options)
    return _HEADER.encode() + written.getvalue()


_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_HEADER = """\
# English texts of fsmobile; French is in the source. See tools/translations.py.
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place whole: who reads it meanwhile must not take half for all of it."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)


def main() -> int:
    """Update both files; fail while an English text is missing."""
    catalogue = merge_messages(load_english(), extract_messages())
    _replace(PO, format_catalogue(catalogue))
    _replace(MO, compile_catalogue(catalogue))
    missing = list_missing(catalogue)
    for message in missing:
        sys.stdout.write(f"no English text: {message!r}\n")
    sys.stdout.write(f"{len(catalogue)} messages, {len(missing)} without an English text\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
