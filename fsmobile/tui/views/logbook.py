"""The sheet of a stop and the logbook as lines: what to know here, what the last crew left."""

from msgspec import Struct

from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, line, pad, rule, select, wrap_text

LABEL_WIDTH = 15


class SheetRow(Struct, frozen=True, kw_only=True):
    """One thing to know of a stop."""

    what: str
    text: str
    since: str = ""
    """Who added it and when; empty: the published timetable says it."""


class LogRow(Struct, frozen=True, kw_only=True):
    """One entry of the logbook."""

    entry_id: str
    kind: str
    """A word: note, incident, message."""
    text: str
    signed: str
    """Who and when."""
    about: str = ""
    """The place, or the bus."""
    told: tuple[str, ...] = ()
    """What is to be said below the chosen one: a proposal, who has read it."""
    is_warning: bool = False


class LogbookView(Struct, frozen=True, kw_only=True):
    """Everything the page shows."""

    place: str = ""
    """Empty: the bus is at no stop."""
    sheet: tuple[SheetRow, ...] = ()
    rows: tuple[LogRow, ...] = ()
    cursor: int = 0


def logbook_lines(view: LogbookView, width: int, height: int) -> list[Line]:
    """Draw the whole page below the tabs."""
    rows = sheet_lines(view, width) if view.place else []
    count = n_("{n} page ouverte", "{n} pages ouvertes", len(view.rows)).format(n=len(view.rows))
    rows.append(rule(width, f"{_('Carnet de bord')} · {count}"))
    if not view.rows:
        return [*rows, *_nothing()][:height]
    chosen = view.rows[min(view.cursor, len(view.rows) - 1)]
    detail = _detail(chosen, width)[: max(3, height // 3)]
    room = max(1, height - len(rows) - len(detail))
    first = max(0, min(view.cursor - room + 2, len(view.rows) - room))
    for index in range(first, min(len(view.rows), first + room)):
        row = _row_line(view.rows[index], width)
        rows.append(select(row, width) if index == view.cursor else row)
    rows += [Line()] * (height - len(rows) - len(detail))
    return [*rows, *detail][:height]


def sheet_lines(view: LogbookView, width: int) -> list[Line]:
    """Draw what is known of the stop, by the timetable and by the crews."""
    rows = [rule(width, f"{_('Fiche')} · {view.place}")]
    for one in view.sheet:
        room = max(10, width - 3 - LABEL_WIDTH - 1)
        since = f"  ({one.since})" if one.since else ""
        first, *rest = wrap_text(one.text + since, room) or [""]
        rows.append(line("   ", (pad(one.what, LABEL_WIDTH), Role.DIM), first))
        rows += [line("   " + " " * LABEL_WIDTH + text) for text in rest[:1]]
    if not view.sheet:
        rows.append(line(("   " + _("Rien n'est encore su de cet arrêt."), Role.DIM)))
    rows.append(line("   ", ("t", Role.KEY), (" " + _("compléter la fiche"), Role.DIM)))
    return rows


def _row_line(row: LogRow, width: int) -> Line:
    sign = "!" if row.is_warning else " "
    about = 18
    text_width = max(10, width - 3 - 2 - 10 - about - 1)
    return line(
        "   ",
        (sign + " ", Role.WARN),
        (pad(row.kind, 10), Role.WARN if row.is_warning else Role.DIM),
        (pad(row.about, about), Role.DIM),
        pad(row.text, text_width),
    )


def _detail(row: LogRow, width: int) -> list[Line]:
    rows = [rule(width, row.signed)]
    rows += [line("   " + text) for text in wrap_text(row.text, width - 4)]
    return [*rows, *(line(("   " + text, Role.DIM)) for text in row.told)]


def _nothing() -> list[Line]:
    return [
        line("   " + _("Aucun équipage n'a rien laissé au suivant.")),
        line(
            "   ", ("n", Role.KEY), (" " + _("écrire sur cet arrêt") + "   ", Role.DIM),
            ("b", Role.KEY), (" " + _("sur le bus") + "   ", Role.DIM),
            ("e", Role.KEY), (" " + _("noter un incident"), Role.DIM),
        ),
    ]  # fmt: skip
