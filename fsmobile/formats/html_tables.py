"""Tables as one page to read, print or send: self-contained, readable by a screen reader."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from fsmobile.formats.tables import Cell, Row, Table

PROSE_FROM = 60
"""Characters of a cell from which a line is read rather than compared."""
MASKED_MAX = 4
"""Characters of what stands in the place of a number."""
WIDE_FROM = 10
"""Columns from which a sheet of paper is turned."""
SHORT_UNTIL = 2_000
"""Characters of a section that is kept on one sheet of paper."""
CONTENTS_FROM = 4
"""Sections from which a page begins with their list."""
_FRENCH = str.maketrans({",": "\u202f", ".": ","})
_ROLES = {
    name: f' role="{name}"'
    for name in ("table", "rowgroup", "row", "columnheader", "rowheader", "cell")
}
_STYLE = """
@page { size: A4; margin: 14mm 13mm 16mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif } }
@page wide { size: A4 landscape }
* { box-sizing: border-box }
html { scroll-behavior: smooth }
body { font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #16202a;
  background: #fff; margin: 0; overflow-wrap: break-word }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.5rem 4rem }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; color: #12395f }
.of { font-size: 1.1rem; margin: .3rem 0 1.5rem; color: #3c4a57 }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 .6rem; color: #12395f }
nav { margin: 0 0 1rem } nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem;
  list-style: none; margin: 0; padding: 0 } a { color: #12508c }
dl { display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; margin: 0 0 .8rem; color: #3c4a57 }
dt, dd { display: inline; margin: 0 } dt::after { content: "\\a0: " }
.notes { margin: .9rem 0 0; padding: .6rem 1rem .6rem 2rem; font-size: .9rem; color: #3c4a57;
  background: #f3f6f9; border-left: 4px solid #9db4ca }
.scroll { overflow-x: auto } .scroll:focus-visible { outline: 3px solid #12508c }
table { border-collapse: collapse; width: 100%; font-size: .95rem }
caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem }
thead th { background: #12395f; color: #fff; vertical-align: bottom; font-weight: 600 }
tbody th { font-weight: 600; min-width: 9rem }
.wide table { font-size: .85rem } .wide tbody th { font-weight: 400 }
tbody tr { border-bottom: 1px solid #c3ced8 } tbody tr:nth-child(even) { background: #f7f9fb }
td { white-space: pre-line }
.n { text-align: right; font-variant-numeric: tabular-nums } td.n { white-space: nowrap }
.chip { display: inline-block; padding: 0 .55rem; border-radius: 1rem; border: 1px solid;
  white-space: nowrap }
.good { color: #14532d; background: #e6f4ea } .open { color: #6b4300; background: #fdf1da }
.poor { color: #8e1616; background: #fdeaea }
.bar { position: relative; display: inline-block; width: 6rem; height: .7rem;
  margin-right: .6rem; background: #e3e9ef }
.bar i { position: absolute; inset: 0 auto 0 0; background: #2f6ea5 }
.bar b { position: absolute; top: -.2rem; bottom: -.2rem; width: 2px; background: #8e1616 }
@media screen and (max-width: 44rem) {
  main { padding: 1.2rem 1rem 3rem } h1 { font-size: 1.5rem }
  .prose thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px }
  .prose table, .prose tbody, .prose tr, .prose th, .prose td { display: block }
  .prose tbody tr { padding: .6rem 0 } .prose tbody th { font-size: 1.05rem }
  .prose td, .prose tbody th { padding: .15rem .4rem; text-align: left }
  .prose td:empty { display: none }
  .prose td::before { content: attr(data-name) "\\a0: "; color: #3c4a57; font-size: .85rem }
  .scroll:not(.prose) tbody th { position: sticky; left: 0; background: inherit;
    min-width: 7rem; max-width: 9.5rem }
  .scroll:not(.prose) tbody tr { background: #fff } .bar { display: none }
}
@media print {
  body { font-size: 9.5pt; line-height: 1.35; color: #000 } main { max-width: none; padding: 0 }
  h1 { font-size: 17pt } .of { font-size: 11pt; margin-bottom: 4mm }
  h2 { font-size: 12.5pt; margin: 6mm 0 1.5mm; break-after: avoid } nav { display: none }
  .scroll { overflow: visible } td { overflow-wrap: anywhere }
  table { font-size: inherit } thead { display: table-header-group }
  tr, .short, .notes li, dl { break-inside: avoid }
  tbody tr:nth-child(-n+2) { break-before: avoid }
  th, td { padding: 1mm 1.5mm } tbody th { min-width: 34mm } .wide tbody th { min-width: 0 }
  .bar { width: 16mm } .notes { font-size: 8.5pt }
  thead th, .chip, .bar, .bar *, tr { print-color-adjust: exact }
  main.turned { page: wide } .wide table { font-size: 5.5pt; overflow-wrap: anywhere }
  .wide th, .wide td { padding: .4mm .6mm } .wide td.n { white-space: normal }
}
"""


def write_html(title: str, tables: Sequence[Table], *, of: str = "", language: str = "fr") -> str:
    """Write a page with a section for each table.

    Args:
        of: of what and when, under the title.
    """
    sections = "\n".join(_section(one, number, language) for number, one in enumerate(tables))
    heading = " — ".join(filter(None, (title, of)))
    turned = ' class="turned"' if any(map(_is_wide, tables)) else ""
    under = f'<p class="of">{escape(of)}</p>\n' if of else ""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(heading)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main{turned}>\n"
        f"<h1>{escape(title)}</h1>\n{under}{_contents(tables)}{sections}\n"
        "</main>\n</body>\n</html>\n"
    )


def _contents(tables: Sequence[Table]) -> str:
    if len(tables) < CONTENTS_FROM:
        return ""
    items = "".join(
        f'<li><a href="#t{number}">{escape(one.name)}</a></li>' for number, one in enumerate(tables)
    )
    return f"<nav><ul>{items}</ul></nav>\n"


def _section(table: Table, number: int, language: str) -> str:
    # The first one stays under the title, whatever its length.
    kinds = ("wide" * _is_wide(table), "short" * (number > 0 and _is_short(table)))
    kind = " ".join(filter(None, kinds))
    # A table of sentences is read line by line where it has no room; one of figures slides.
    prose = " prose" if _is_prose(table) else ""
    return (
        f'<section class="{kind}">\n<h2 id="t{number}">{escape(table.name)}</h2>\n{_lead(table)}'
        f'<div class="scroll{prose}" role="region" aria-labelledby="t{number}" tabindex="0">\n'
        f"{_table(table, language)}\n</div>\n{_notes(table)}</section>"
    )


def _table(table: Table, language: str) -> str:
    # Shown as blocks, the lines of a table of sentences would lose what they are.
    role = _ROLES if _is_prose(table) else dict.fromkeys(_ROLES, "")
    decimals = [_decimals(table, column) for column in range(len(table.header))]
    most = _most(table)
    head = "".join(
        f'<th{role["columnheader"]} scope="col"{_aligned(places)}>{escape(name)}</th>'
        for name, places in zip(table.header, decimals, strict=True)
    )
    body = "\n".join(
        f"<tr{role['row']}>{''.join(_cells(table, row, decimals, most, role, language))}</tr>"
        for row in table.rows
    )
    return (
        f"<table{role['table']}>\n<caption>{escape(table.name)}</caption>\n"
        f"<thead{role['rowgroup']}><tr{role['row']}>{head}</tr></thead>\n"
        f"<tbody{role['rowgroup']}>\n{body}\n</tbody>\n</table>"
    )


def _cells(
    table: Table,
    row: Row,
    decimals: Sequence[int | None],
    most: float,
    role: Mapping[str, str],
    language: str,
) -> Iterator[str]:
    """Give the cells of a line, its name first."""
    for column, (title, value) in enumerate(zip(table.header, row, strict=False)):
        drawn = _text(value, decimals[column], language)
        if column == 0:
            yield f'<th{role["rowheader"]} scope="row">{drawn}</th>'
            continue
        tone = table.tones.get(value) if isinstance(value, str) else None
        if tone is not None:
            drawn = f'<span class="chip {tone}">{drawn}</span>'
        if table.meter is not None and column == table.meter.column:
            drawn = _bar(value, table.meter.mark, most) + drawn
        named = f' data-name="{escape(title)}"' if role["cell"] else ""
        yield f"<td{role['cell']}{_aligned(decimals[column])}{named}>{drawn}</td>"


def _bar(value: Cell, mark: float, most: float) -> str:
    filled = value if isinstance(value, int | float) else 0
    return (
        f'<span class="bar" aria-hidden="true"><i style="width:{100 * filled / most:.0f}%"></i>'
        f'<b style="left:{100 * mark / most:.0f}%"></b></span>'
    )


def _most(table: Table) -> float:
    """Return what fills a bar."""
    if table.meter is None:
        return 1.0
    column, mark = table.meter.column, table.meter.mark
    values = [row[column] for row in table.rows if column < len(row)]
    return max([mark, *(one for one in values if isinstance(one, int | float))]) or 1.0


def _text(value: Cell, decimals: int | None, language: str) -> str:
    match value:
        case None:
            return ""
        case str():
            return escape(value)
        case _:
            written = f"{value:,.{decimals or 0}f}"
            return written if language == "en" else written.translate(_FRENCH)


def _decimals(table: Table, column: int) -> int | None:
    """Return the decimals of a column of numbers, masked ones (`< 5`) among them; else None."""
    if column == 0:
        return None
    held = [row[column] for row in table.rows if column < len(row)]
    numbers = [one for one in held if isinstance(one, int | float)]
    if not numbers or any(isinstance(one, str) and len(one) > MASKED_MAX for one in held):
        return None
    return max(len(str(one).partition(".")[2]) for one in numbers)


def _is_wide(table: Table) -> bool:
    return len(table.header) >= WIDE_FROM


def _is_short(table: Table) -> bool:
    return sum(len(str(one)) for row in table.rows for one in row) <= SHORT_UNTIL


def _is_prose(table: Table) -> bool:
    if _is_wide(table):
        return False
    return any(isinstance(one, str) and len(one) > PROSE_FROM for row in table.rows for one in row)


def _aligned(decimals: int | None) -> str:
    return "" if decimals is None else ' class="n"'


def _lead(table: Table) -> str:
    facts = "".join(
        f"<div><dt>{escape(str(row[0]))}</dt>"
        f"<dd>{escape(' '.join(str(one) for one in row[1:] if one is not None))}</dd></div>"
        for row in table.lead
        if row
    )
    return f"<dl>{facts}</dl>\n" if facts else ""


def _notes(table: Table) -> str:
    if not table.notes:
        return ""
    items = "".join(f"<li>{escape(note)}</li>" for note in table.notes)
    return f'<ul class="notes">{items}</ul>\n'
