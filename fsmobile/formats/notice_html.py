"""A village's notice as one self-contained HTML page: one A4 sheet, read aloud as well."""

from collections.abc import Iterable
from html import escape

from fsmobile.core.public_feeds import Notice, NoticePart, NoticeRow

STYLE = """
@page { size: A4; margin: 14mm }
* { box-sizing: border-box }
body { font: 14pt/1.3 "DejaVu Sans", Verdana, sans-serif; color: #000; background: #fff;
  margin: 0 auto; max-width: 182mm; overflow-wrap: anywhere }
h1 { font-size: 27pt; line-height: 1.1; margin: 0 0 2mm; hyphens: none }
h2 { font-size: 16pt; margin: 4mm 0 1mm }
p { margin: 1.5mm 0 }
ul { margin: 1mm 0; padding-left: 7mm }
.who { font-size: 17pt; font-weight: 700 }
.changes { border: 1mm solid #000; padding: 2mm 4mm; margin: 4mm 0 }
.changes h2 { margin-top: 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 1mm 2mm 1mm 0; vertical-align: top;
  border-bottom: 0.3mm solid #000 }
thead th { font-size: 12pt }
tbody th { white-space: nowrap; padding-right: 6mm }
tbody th::first-letter { text-transform: uppercase }
s { text-decoration-thickness: 0.4mm }
.foot { display: flex; gap: 6mm; align-items: center; margin-top: 4mm }
.foot p { font-size: 12pt }
.code { flex: none; width: 36mm }
.code svg { display: block; width: 100%; height: auto }
section, .foot, tr { break-inside: avoid }
@media screen { body { padding: 6mm } }
@media screen and (max-width: 40em) { body { font-size: 1rem } h1 { font-size: 1.6rem }
  h2, .who { font-size: 1.2rem } tbody th { white-space: normal } .foot { flex-wrap: wrap } }
"""


def write_notice_page(notice: Notice, language: str, qr_svg: str = "") -> str:
    """Write the page; the code, if any, leads to the commune's calendar."""
    title = escape(notice.title)
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="who">{escape(notice.agency)}</p>',
        *(f"<p>{escape(place)}</p>" for place in notice.places),
        _part(notice.changes, "changes"),
        _part(notice.usual, "usual"),
        _table(notice),
        _foot(notice, qr_svg),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{_lines(parts)}\n</main>\n</body>\n</html>\n"
    )


def _part(part: NoticePart | None, name: str) -> str:
    if part is None:
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in part.texts)
    return f'<section class="{name}"><h2>{escape(part.title)}</h2><ul>{items}</ul></section>'


def _table(notice: Notice) -> str:
    title = escape(notice.passages)
    if not notice.rows:
        return f"<section><h2>{title}</h2><p>{escape(notice.nothing)}</p></section>"
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in notice.heads)
    rows = _lines(_row(row) for row in notice.rows)
    return (
        f"<section><h2>{title}</h2>\n<table>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table></section>"
    )


def _row(row: NoticeRow) -> str:
    day, hours = escape(row.day), escape(row.hours)
    if row.remark:
        remark = f"<strong>{escape(row.remark)}</strong>"
        day, hours = f"<s>{day}</s>", f"<s>{hours}</s> {remark}"
    place = f"<br>{escape(row.place)}" if row.place else ""
    return f'<tr><th scope="row">{day}</th><td>{hours}{place}</td></tr>'


def _foot(notice: Notice, qr_svg: str) -> str:
    phone = [f"<p><strong>{escape(notice.phone)}</strong></p>"] if notice.phone else []
    told = "".join([*phone, *(f"<p>{escape(text)}</p>" for text in notice.foot)])
    code = ""
    if qr_svg:
        code = f'<div class="code" role="img" aria-label="{escape(notice.code)}">{qr_svg}</div>'
    return f'<div class="foot">{code}<div>{told}</div></div>'


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))
