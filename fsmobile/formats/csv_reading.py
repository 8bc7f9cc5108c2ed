"""CSV as it comes: of a French spreadsheet or not, in UTF-8 or as Windows writes it."""

import csv
import io
from collections import Counter

from fsmobile.formats.csv_tables import plain_text

DELIMITERS = ";,\t"
SAMPLE_LINES = 20


def decode_text(data: bytes) -> str:
    """Return the text of a file: UTF-8 with or without its mark, UTF-16 with it, else Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_csv(data: bytes) -> list[tuple[int, list[str]]]:
    """Return the lines that hold something, each with the number of its first line, from 1.

    Raises:
        ValueError: no table: a quotation mark that is never closed, a cell without end.
    """
    text = decode_text(data)
    if "\0" in text:
        raise ValueError("not a text")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((start, [plain_text(cell) for cell in row]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"line {start}: {error}") from error
    return rows


def _delimiter(text: str) -> str:
    """Return what parts the cells: what the first lines have most of."""
    counts = Counter(
        char for line in text.splitlines()[:SAMPLE_LINES] for char in line if char in DELIMITERS
    )
    return max(DELIMITERS, key=lambda one: counts[one])
