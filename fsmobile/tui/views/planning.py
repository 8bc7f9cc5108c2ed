"""The screen Planning as lines: a month, a day, its passage and rule, the notices of the checks."""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct, field

from fsmobile.errors import Severity
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.planning_words import week_name, week_name_short
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, beside, line, pad, rule, wrap_text
from fsmobile.tui.views.month import (
    MONTH_WIDTH,
    DayCell,
    day_lines,
    month_lines,
    week_grid_height,
    week_grid_lines,
    week_list_lines,
)

WIDE = 120
TOP_ROWS = 8
"""A month: its title, the days of the week, six weeks at most."""
LABEL_WIDTH = 11
NARROW_DAY = 40
"""Below this width the week of a day is written short."""


class NoticeRow(Struct, frozen=True, kw_only=True):
    """One notice of the checks."""

    severity: Severity
    text: str
    is_here: bool = False
    """It is about the day or the stop that is chosen."""


class PlanningView(Struct, frozen=True, kw_only=True):
    """Everything the screen Planning shows."""

    today: date
    day: date
    cursor: int = 0
    cells: Mapping[date, DayCell] = field(default_factory=dict)
    is_week: bool = False
    """In a narrow window, the week in the place of the month."""
    vehicle: str = ""
    """The only vehicle that is shown, or empty."""
    day_note: str = ""
    """School holidays, a closure."""
    passage: str = ""
    """Tour, bus and crew of the chosen passage."""
    rule: str = ""
    next_dates: str = ""
    notice: str = ""
    """What the public reads of the chosen passage."""
    notices: tuple[NoticeRow, ...] = ()
    is_checking: bool = False
    unpublished: int = 0
    can_undo: int = 0
    can_redo: int = 0
    trial: str = ""
    """Name of the trial that is being edited, or empty."""


def planning_lines(view: PlanningView, width: int, height: int) -> list[Line]:
    """Draw the whole screen below the tabs."""
    body = _wide(view, width, height - 1) if width >= WIDE else _narrow(view, width, height - 1)
    return [*body[: height - 1], _footer(view)]


def _narrow(view: PlanningView, width: int, height: int) -> list[Line]:
    tall = max(0, height - 19)
    top_rows = TOP_ROWS + min(tall, 6)
    if view.is_week:
        rows = week_list_lines(view.day, view.cells, view.cursor, width)
        rows += _day(view, width, top_rows - len(rows) + 3)[1:]
    else:
        month = _month(view, MONTH_WIDTH)
        month += [Line()] * (top_rows - len(month))
        day = _day(view, width - MONTH_WIDTH - 1, top_rows)
        day += [Line()] * (top_rows - len(day))
        rows = beside(month, day, width, MONTH_WIDTH)
    rows += _passage_lines(view, width, 6)
    return [*rows, *_notice_lines(view, width, height - len(rows))]


def _wide(view: PlanningView, width: int, height: int) -> list[Line]:
    right = width - MONTH_WIDTH - 1
    left = [*_month(view, MONTH_WIDTH)]
    left += _day(view, MONTH_WIDTH, height - len(left))
    needed = week_grid_height(view.day, view.cells)
    grid_height = max(TOP_ROWS, min(needed + 1, height - 18))
    rows = week_grid_lines(view.day, view.cells, view.cursor, right, grid_height)
    rows += _passage_lines(view, right, 8)
    rows += _notice_lines(view, right, height - len(rows))
    left += [Line()] * (height - len(left))
    return beside(left, rows, width, MONTH_WIDTH)


def _month(view: PlanningView, width: int) -> list[Line]:
    title = f" · {view.vehicle}" if view.vehicle else ""
    return month_lines(view.day, view.cells, view.today, width, title)


def _day(view: PlanningView, width: int, height: int) -> list[Line]:
    week = week_name(view.day) if width > NARROW_DAY else week_name_short(view.day)
    title = f"{format_day_short(view.day)} · {week}"
    cell = view.cells.get(view.day, DayCell())
    rows = day_lines(title, cell, view.cursor, width, height)
    if view.day_note and len(rows) < height:
        rows.append(line(("   " + view.day_note, Role.DIM)))
    return rows


def _passage_lines(view: PlanningView, width: int, rows_max: int) -> list[Line]:
    """Say what the chosen passage is: its tour, its rule, its next dates, its public notice."""
    rows = [rule(width, _("Passage"))]
    if not view.passage:
        how = _("aucun ce jour · ←→↑↓ changent de jour, n ajoute un passage")
        return [*rows, line(("   " + how, Role.DIM))]
    rows.append(line("   " + view.passage))
    for name, text, role in (
        (_("Règle"), view.rule, Role.PLAIN),
        (_("Avis"), view.notice, Role.ACCENT),
        (_("Prochains"), view.next_dates, Role.DIM),
    ):
        for index, part in enumerate(wrap_text(text, width - LABEL_WIDTH - 4)[:2]):
            if text:
                label = name if not index else ""
                rows.append(line(("   " + pad(label, LABEL_WIDTH), Role.DIM), (part, role)))
    return rows[:rows_max]


_SIGNS = {
    Severity.ERROR: ("✗", Role.BAD),
    Severity.WARNING: ("!", Role.WARN),
    Severity.INFO: ("i", Role.DIM),
}


def _notice_lines(view: PlanningView, width: int, height: int) -> list[Line]:
    if height < 2:
        return []
    rows = [rule(width, _title(view))]
    if not view.notices:
        told = _("contrôle en cours…") if view.is_checking else _("rien à signaler")
        return [*rows, line(("   " + told, Role.DIM))]
    left = len(view.notices)
    for row in view.notices:
        if len(rows) > height:
            break
        left -= 1
        sign, role = _SIGNS[row.severity]
        place = "▸" if row.is_here else " "
        for index, part in enumerate(wrap_text(row.text, width - 5)):
            head = f" {place}{sign} " if not index else "    "
            rows.append(line((head, Role.WARN if role is Role.BAD else role), part))
    if left or len(rows) > height:
        told = _("… s : la liste entière")
        rows = [*rows[: height - 1], line(("    " + told, Role.DIM))]
    return rows


def _title(view: PlanningView) -> str:
    counts = dict.fromkeys(Severity, 0)
    for row in view.notices:
        counts[row.severity] += 1
    parts = [
        n_("{n} erreur", "{n} erreurs", counts[Severity.ERROR]),
        n_("{n} avertissement", "{n} avertissements", counts[Severity.WARNING]),
        n_("{n} information", "{n} informations", counts[Severity.INFO]),
    ]
    numbers = (counts[Severity.ERROR], counts[Severity.WARNING], counts[Severity.INFO])
    told = [part.format(n=number) for part, number in zip(parts, numbers, strict=True) if number]
    state = ["…"] if view.is_checking else []
    return " · ".join([_("Contrôles"), *told, *state])


def _footer(view: PlanningView) -> Line:
    if view.trial:
        told = _("Essai « {name} » : ne se publie pas · F8 comparer, garder, revenir")
        return line((" " + told.format(name=view.trial), Role.WARN))
    if not view.unpublished:
        return line((" " + _("Comme le planning publié : rien à publier"), Role.DIM))
    files = n_(
        "{n} fichier changé, non publié", "{n} fichiers changés, non publiés", view.unpublished
    ).format(n=view.unpublished)
    parts = [files, _("p relire et publier")]
    if view.can_undo:
        parts.append(_("u défaire ({n})").format(n=view.can_undo))
    if view.can_redo:
        parts.append(_("r refaire ({n})").format(n=view.can_redo))
    return line((" " + " · ".join(parts), Role.ACCENT))


def weeks_around(day: date) -> tuple[date, date]:
    """Return the first Monday and the last Sunday that a month and its week show."""
    first = day.replace(day=1)
    first -= timedelta(days=first.weekday())
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first, last + timedelta(days=6 - last.weekday())
