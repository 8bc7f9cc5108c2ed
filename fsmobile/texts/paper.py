"""Pages to print: self-contained HTML, black on white, one A4 sheet where that is possible."""

from collections.abc import Sequence
from html import escape

from msgspec import Struct

from fsmobile.texts.line_breaks import hold_signs
from fsmobile.texts.translation import _, current_language

_STYLE = """
@page { size: A4; margin: 12mm }
body { font: 11pt/1.35 sans-serif; color: #000; margin: 0 auto; max-width: 186mm }
h1 { font-size: 16pt; margin: 0 0 2mm } h2 { font-size: 12pt; margin: 6mm 0 1mm }
p { margin: 1mm 0 } small { color: #333 }
table { border-collapse: collapse; width: 100%; break-inside: auto }
tr { break-inside: avoid } th { text-align: left; font-size: 9pt; font-weight: 600 }
td, th { border: 0.3mm solid #000; padding: 0.8mm 1.5mm; vertical-align: top }
td.blank { height: 7mm } ul { margin: 1mm 0; padding-left: 6mm }
.codes { columns: 3; font-size: 9pt; margin: 1mm 0; padding: 0; list-style: none }
.big { font-size: 14pt } svg { width: 32mm; height: 32mm; float: right; margin-left: 4mm }
section { break-inside: avoid-page } .next { break-before: page }
"""


class PaperStop(Struct, frozen=True, kw_only=True):
    """A stop on the sheet of a day."""

    hours: str
    place: str
    details: tuple[str, ...]
    """Spot, socket, network, what the timetable tells the crew."""
    todo: tuple[str, ...]
    """Appointments and promises, named only if the person who prints may see names."""


class PaperCode(Struct, frozen=True, kw_only=True):
    """What to write in one column, and what it stands for."""

    code: str
    label: str


def day_sheet_page(
    *,
    title: str,
    stops: Sequence[PaperStop],
    procedures: Sequence[PaperCode],
    outcomes: Sequence[PaperCode],
    rows: int,
) -> str:
    """Write the sheet on which a day is kept by hand, to be typed in afterwards."""
    how = _("Une ligne par personne reçue ; ni nom, ni numéro. À saisir ensuite, le jour dit.")
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(how)}</p>"]
    parts += [_stop(stop, rows) for stop in stops]
    parts.append(f"<section><h2>{escape(_('Issues'))}</h2>{_codes(outcomes)}")
    parts.append(f"<h2>{escape(_('Démarches'))}</h2>{_codes(procedures)}</section>")
    return _page(title, "".join(parts))


def next_time_page(*, title: str, stops: Sequence[PaperStop]) -> str:
    """Write what is to be done at the coming passages, to take along."""
    body = "".join(
        f"<section><h2>{escape(stop.hours)} · {escape(stop.place)}</h2>{_list(stop.todo)}</section>"
        for stop in stops
    )
    nothing = f"<p>{escape(_('Rien à faire aux passages à venir.'))}</p>"
    return _page(title, f"<h1>{escape(title)}</h1>{body or nothing}")


def slip_page(*, title: str, papers: Sequence[str], passages: Sequence[str], qr_svg: str) -> str:
    """Write the slip that a person takes home: papers to bring, when the bus is back."""
    parts = [qr_svg, f'<h1 class="big">{escape(title)}</h1>']
    if papers:
        parts.append(f"<h2>{escape(_('À apporter'))}</h2>{_list(papers)}")
    parts.append(f"<h2>{escape(_('Prochains passages ici'))}</h2>")
    parts.append(_list(passages) if passages else f"<p>{escape(_('Aucun passage prévu.'))}</p>")
    thanks = _("Le service est gratuit. Aucun nom n'est écrit sur ce papier.")
    parts.append(f"<p><small>{escape(thanks)}</small></p>")
    return _page(title, "".join(parts))


def letter_page(*, title: str, paragraphs: Sequence[str]) -> str:
    """Write a letter; a paragraph of lines that begin with a dash is a list."""
    parts = [f"<h1>{escape(title)}</h1>"]
    for text in paragraphs:
        rows = text.split("\n")
        if all(row.startswith("- ") for row in rows):
            parts.append(_list([row.removeprefix("- ") for row in rows]))
        else:
            parts.append("<p>" + "<br>".join(map(escape, rows)) + "</p>")
    return _page(title, "".join(parts))


def _stop(stop: PaperStop, rows: int) -> str:
    heads = (
        _("Heure"), _("Démarche"), _("Issue"), _("Pers."), _("Min."),
        _("1re fois"), _("Âge"), _("Remarque, sans nom"),
    )  # fmt: skip
    header = "".join(f"<th>{escape(head)}</th>" for head in heads)
    blank = "<tr>" + '<td class="blank"></td>' * len(heads) + "</tr>"
    details = "".join(f"<p><small>{escape(text)}</small></p>" for text in stop.details)
    todo = _list(stop.todo) if stop.todo else ""
    times = escape(
        _("Arrivée ____ : ____    Départ ____ : ____    Reparties sans être reçues ____")
    )
    return (
        f"<section><h2>{escape(stop.hours)} · {escape(stop.place)}</h2>{details}{todo}"
        f"<p>{times}</p><table><tr>{header}</tr>{blank * rows}</table></section>"
    )


def _codes(codes: Sequence[PaperCode]) -> str:
    items = "".join(f"<li><b>{escape(one.code)}</b> {escape(one.label)}</li>" for one in codes)
    return f'<ul class="codes">{items}</ul>'


def _list(texts: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _page(title: str, body: str) -> str:
    language = escape(current_language())
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )
    return hold_signs(page)
