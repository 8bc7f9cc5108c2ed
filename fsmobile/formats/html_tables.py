"""Tables as one page to print or to send: self-contained, readable by a screen reader."""

from collections.abc import Sequence
from html import escape

from fsmobile.formats.tables import Cell, Row, Table

_STYLE = """
@page { size: A4; margin: 14mm }
body { font: 11pt/1.4 sans-serif; color: #000; background: #fff; margin: 0 auto;
  max-width: 190mm; padding: 4mm }
h1 { font-size: 17pt; margin: 0 0 3mm } h2 { font-size: 13pt; margin: 7mm 0 2mm }
p { margin: 1mm 0; color: #222 }
table { border-collapse: collapse; width: 100% } thead { display: table-header-group }
tr { break-inside: avoid } caption { text-align: left; color: #222; padding-bottom: 1mm }
th { text-align: left; border-bottom: .5mm solid #000; padding: .8mm 1.5mm }
td { border-bottom: .2mm solid #767676; padding: .8mm 1.5mm; vertical-align: top }
@media screen and (max-width: 190mm) { table { display: block; overflow-x: auto } }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
"""


def write_html(title: str, tables: Sequence[Table], *, language: str = "fr") -> str:
    """Write a page with a section for each table."""
    sections = "\n".join(_section(table) for table in tables)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{sections}\n</main>\n</body>\n</html>\n"
    )


def _section(table: Table) -> str:
    lead = "\n".join(f"<p>{escape(_joined(row))}</p>" for row in table.lead if any(row))
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in table.header)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    return (
        f"<section>\n<h2>{escape(table.name)}</h2>\n{lead}\n<table>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</section>"
    )


def _cell(value: Cell) -> str:
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'.replace(",", "\u202f")
    return f"<td>{escape(value or '')}</td>"


def _joined(row: Row) -> str:
    return " : ".join(str(one) for one in row if one is not None)
