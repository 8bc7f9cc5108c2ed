"""CSV as it comes: of a French spreadsheet or not, in UTF-8 or as Windows writes it."""

import csv
import io
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from fsmobile.formats.csv_tables import plain_text

DELIMITERS = ";,\t"
SAMPLE_LINES = 20
_CHUNK = 1 << 20


def read_csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Give the lines that hold something, each with the number of its first line, from 1.

    The text is never held whole: a table of a million lines takes no more room than its bytes.

    Raises:
        ValueError: no table: a quotation mark that is never closed, a cell without end.
    """
    encoding = _encoding(data)
    delimiter = _delimiter(_lines(data, encoding))
    reader = csv.reader(_lines(data, encoding), delimiter=delimiter, strict=True)
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield start, [plain_text(cell) for cell in row]
            start = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"line {start}: {error}") from error


def _encoding(data: bytes) -> str:
    """Tell UTF-16 by its mark, UTF-8 by its bytes; the rest is what Windows writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    decoder = getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(view[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    for line in io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline=""):
        if "\0" in line:
            raise ValueError("not a text")
        yield line


def _delimiter(lines: Iterator[str]) -> str:
    """Return what parts the cells: what the first lines have most of."""
    counts = Counter(
        char for line in islice(lines, SAMPLE_LINES) for char in line if char in DELIMITERS
    )
    return max(DELIMITERS, key=lambda one: counts[one])
