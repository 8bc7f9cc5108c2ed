"""The screen Recherche as lines: what was typed, what it finds, the chosen row."""

from datetime import time

from msgspec import Struct

from fsmobile.core.ids import VisitId
from fsmobile.texts.dates import format_minutes, format_number, format_time
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import (
    Line,
    Role,
    beside,
    cells,
    fit,
    indented,
    line,
    pad,
    rule,
    select,
    spread,
    wrap_text,
)
from fsmobile.tui.views.panel import panel_width

DETAIL_ROWS = 4
"""Below the list of a narrow window."""


class SearchRow(Struct, frozen=True, kw_only=True):
    """One line that was found, in words."""

    visit_id: VisitId | None = None
    is_promise: bool = False
    """A follow-up, with or without a visit."""
    day: str = ""
    stop: str = ""
    """What the filter of places takes for it."""
    place: str = ""
    what: str = ""
    outcome: str = ""
    agent: str = ""
    minutes: int = 0
    people: int = 0
    starts: time | None = None
    details: str = ""
    notes: tuple[str, ...] = ()
    """What was written; hidden while people may look at the screen."""


class SearchView(Struct, frozen=True, kw_only=True):
    """What the screen shows."""

    text: str
    unknown: tuple[str, ...]
    rows: tuple[SearchRow, ...]
    """Those that fit."""
    first: int
    """Number of the first of them, from 0."""
    cursor: int
    """Row of the chosen line, from 0."""
    found: int
    """Lines found so far."""
    has_more: bool
    is_looking: bool
    """What was typed last is still being looked for; the rows are of before."""
    sifted: int
    """Lines that were read in vain so far."""
    milliseconds: int
    recorded: int | None
    """Visits of this laptop; None until they are counted."""
    is_discreet: bool = False


def rows_shown(width: int, height: int) -> int:
    """Return how many lines of the list fit."""
    return max(1, height - 4 - (0 if panel_width(width) else DETAIL_ROWS))


def search_lines(view: SearchView, width: int, height: int) -> list[Line]:
    """Draw the screen."""
    count = line(("  " + _count(view) + " ", Role.DIM))
    label = " " + _("Chercher") + " ▸ "
    # The end of a long query is what is being typed.
    text = _tail(view.text, width - cells(label) - cells(count.text) - 1)
    typed = line((label, Role.KEY), text, ("▏", Role.KEY))
    head = [spread(typed, count, width), fit(_help(view), width)]
    room = rows_shown(width, height)
    right = panel_width(width)
    left = width - right - 1 if right else width
    body = [rule(left, *_titles(left)), *_list(view, left)]
    body += [Line()] * (room + 1 - len(body))
    detail = _detail(view, (right or width) - 4)
    if right:
        body = beside(body, [rule(right, _title(view)), *indented(detail)], width, left)
    else:
        body += [rule(width), *indented(detail[: DETAIL_ROWS - 1])]
    body = body[: height - 3]
    body += [Line()] * (height - 3 - len(body))
    return [*head, *body, fit(line((_foot(view), Role.DIM)), width)]


def _tail(text: str, width: int) -> str:
    while cells(text) > width:
        text = text[1:]
    return text


def _count(view: SearchView) -> str:
    if view.is_looking:
        read = _("{n} lignes lues…").format(n=format_number(view.sifted))
        return read if view.sifted else "…"
    more = "+" if view.has_more else ""
    text = n_("{n} résultat", "{n} résultats", view.found)
    return text.format(n=format_number(view.found) + more) + f" · {view.milliseconds} ms"


def _help(view: SearchView) -> Line:
    if view.unknown:
        text = _("Pas compris : {words}").format(words=" ".join(view.unknown))
        return line((" " + text, Role.WARN))
    return line((" " + _("lieu:luxé démarche:retr depuis:2025 issue:suivre agent:…"), Role.DIM))


def _widths(width: int) -> tuple[int, int, int, int]:
    """Return the cells of place, procedure, outcome, agent; the date takes ten."""
    agent, outcome = 9, 10
    rest = width - 3 - 10 - outcome - agent - 8
    place = rest * 2 // 5
    return place, rest - place, outcome, agent


def _titles(width: int) -> tuple[str, ...]:
    place, what, outcome, agent = _widths(width)
    texts = (
        pad(_("Date"), 10),
        pad(_("Lieu"), place),
        pad(_("Démarche"), what),
        pad(_("Issue"), outcome),
        pad(_("Agent"), agent),
    )
    # A cell more: above their columns.
    return (" " + "  ".join(texts).rstrip(),)


def _list(view: SearchView, width: int) -> list[Line]:
    if not view.rows:
        return [] if view.is_looking else _nothing(view, width)
    place, what, outcome, agent = _widths(width)
    rows = []
    for number, row in enumerate(view.rows):
        columns = (
            pad(row.day, 10),
            pad(row.place, place),
            pad(row.what, what),
            pad(row.outcome, outcome),
            pad(row.agent, agent),
        )
        text = line((" ▶ " if number == view.cursor else "   ") + "  ".join(columns))
        rows.append(select(text, width) if number == view.cursor else text)
    return rows


def _nothing(view: SearchView, width: int) -> list[Line]:
    """Say that nothing was found, and what to do next."""
    if not view.text.strip():
        told: tuple[str, ...] = (_("Rien n'est encore enregistré sur ce portable."),)
    else:
        told = (
            _("Rien de tel sur ce poste."),
            _("Raccourcissez un mot, ôtez un filtre, ou ^u pour tout revoir."),
            _("Ce qu'un autre portable a noté arrive par la synchro (Échap, puis 6)."),
        )
    return [Line(), *(line("   " + one) for text in told for one in wrap_text(text, width - 6))]


def _title(view: SearchView) -> str:
    is_promise = bool(view.rows) and view.rows[view.cursor].is_promise
    return _("Suite") if is_promise else _("Visite")


def _detail(view: SearchView, width: int) -> list[Line]:
    if not view.rows:
        return []
    row = view.rows[min(view.cursor, len(view.rows) - 1)]
    when = row.day if row.starts is None else f"{row.day} {format_time(row.starts)}"
    told = [when]
    if row.minutes:
        people = n_("{n} personne", "{n} personnes", row.people).format(n=row.people)
        told += [format_minutes(row.minutes), people]
    told.append(row.agent)
    # Here a star is a character of the query.
    hidden = (_("note cachée (Échap, puis * la montre)"),)
    notes = hidden if row.notes and view.is_discreet else row.notes
    what = " · ".join(filter(None, (row.place, row.what)))
    rows = [" · ".join(told), what, *notes, row.details]
    return [line(text) for one in filter(None, rows) for text in wrap_text(one, width)]


def _foot(view: SearchView) -> str:
    told = []
    if view.rows:
        text = _("lignes {first}–{last} sur {found}").format(
            first=view.first + 1,
            last=view.first + len(view.rows),
            found=format_number(view.found) + ("+" if view.has_more else ""),
        )
        told.append(text)
    if view.recorded is not None:
        text = n_("{n} visite sur ce portable", "{n} visites sur ce portable", view.recorded)
        told.append(text.format(n=format_number(view.recorded)))
    return " " + " · ".join(told)
