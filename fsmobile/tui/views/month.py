"""A month as a grid of days with ISO weeks, and a week as columns of passages; pure lines."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from fsmobile.texts.dates import format_day_short, format_month, weekday_name
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role, Span, cut, fit, line, pad, rule, select

MONTH_WIDTH = 33
CELL = 4


class PassageRow(Struct, frozen=True, kw_only=True):
    """A passage as the planning shows it."""

    sign: str = " "
    """`✗` cancelled, `→` moved, `+` added, `≠` otherwise, a blank as usual."""
    hours: str
    """`09:30-12:00`; several openings: from the first to the last."""
    starts: str
    place: str
    commune: str
    vehicle: str = ""
    """Shown where there are several."""
    told: str = ""
    """What differs from the rule, in words."""
    role: Role = Role.PLAIN


class DayCell(Struct, frozen=True, kw_only=True):
    """A day as the month shows it."""

    sign: str = " "
    """`✗` holiday, `!` a fault, `≠` an exception, `·` passages, a blank without any."""
    role: Role = Role.DIM
    holiday: str = ""
    rows: tuple[PassageRow, ...] = ()


def month_lines(
    day: date, cells: Mapping[date, DayCell], today: date, width: int, title: str = ""
) -> list[Line]:
    """Draw the month of a day: the week numbers, seven columns, a sign on each day."""
    name = format_month(day)
    rows = [rule(width, f"{name[:1].upper()}{name[1:]}{title}")]
    heads = "".join(f" {weekday_name(number)[:2]} " for number in range(7))
    # TRANSLATORS: the column of the numbers of weeks, two letters
    rows.append(line((f"  {_('s.')} {heads}", Role.DIM)))
    monday = day.replace(day=1) - timedelta(days=day.replace(day=1).weekday())
    while (monday.year, monday.month) <= (day.year, day.month):
        rows.append(_week_row(monday, day, cells, today))
        monday += timedelta(days=7)
    return rows


def _week_row(monday: date, day: date, cells: Mapping[date, DayCell], today: date) -> Line:
    week = monday.isocalendar().week
    spans: list[Span] = [Span(f"  {week:>2} ", Role.DIM)]
    for number in range(7):
        one = monday + timedelta(days=number)
        if one.month != day.month:
            spans.append(Span(" " * CELL))
            continue
        cell = cells.get(one, DayCell())
        text = f"{one.day:>2}{cell.sign}"
        if one == day:
            spans.append(Span("▸" + text, Role.CURSOR))
        else:
            role = Role.KEY if one == today else cell.role
            spans += [Span(" "), Span(text, role)]
    return Line(tuple(spans))


def week_list_lines(
    day: date, cells: Mapping[date, DayCell], cursor: int, width: int
) -> list[Line]:
    """Draw a week as seven rows, each with its passages one after the other."""
    monday = day - timedelta(days=day.weekday())
    rows = [_week_title(monday, width)]
    for number in range(7):
        one = monday + timedelta(days=number)
        cell = cells.get(one, DayCell())
        told = [_("férié : {name}").format(name=cell.holiday)] if cell.holiday else []
        told += [f"{row.sign.strip()}{row.starts} {row.commune}" for row in cell.rows]
        mark = " ▶ " if one == day else "   "
        text = line(mark, (pad(format_day_short(one), 14), Role.HEAD), "  ".join(told) or "—")
        rows.append(select(text, width) if one == day else text)
    return rows


def week_grid_lines(
    day: date, cells: Mapping[date, DayCell], cursor: int, width: int, height: int
) -> list[Line]:
    """Draw a week as seven columns of passages."""
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    column = width // 7
    rows = [_week_title(monday, width)]
    rows.append(Line(tuple(
        Span(" " + pad(_head(one), column - 1), _head_role(one, day, cells))
        for one in days
    )))  # fmt: skip
    for number in range(height - 2):
        spans: list[Span] = []
        for one in days:
            spans += _grid_cell(cells.get(one, DayCell()), number, column, one == day, cursor)
        rows.append(Line(tuple(spans)))
    return rows


def _grid_cell(
    cell: DayCell, number: int, column: int, is_day: bool, cursor: int
) -> Sequence[Span]:
    """Draw one row of one day: two rows for each passage, its hours then its commune."""
    lead = [cell.holiday] if cell.holiday else []
    if number < len(lead):
        return [Span(" " + pad("✗ " + lead[number], column - 1), Role.WARN)]
    index, part = divmod(number - len(lead), 2)
    if index >= len(cell.rows):
        return [Span(" " * column)]
    row = cell.rows[index]
    is_here = is_day and index == cursor
    role = Role.CURSOR if is_here else row.role
    mark = ("▸" if is_here else row.sign) if not part else " "
    return [Span(mark + pad(row.commune if part else row.hours, column - 1), role)]


def _head(day: date) -> str:
    """Write a day above its column: `lun. 7`."""
    return f"{format_day_short(day).split(' ')[0]} {day.day}"


def _head_role(one: date, day: date, cells: Mapping[date, DayCell]) -> Role:
    if one == day:
        return Role.HEAD
    return Role.WARN if cells.get(one, DayCell()).holiday else Role.DIM


def _week_title(monday: date, width: int) -> Line:
    week = monday.isocalendar().week
    told = _("Semaine {week}").format(week=week)
    parity = _("impaire") if week % 2 else _("paire")
    sunday = monday + timedelta(days=6)
    between = f"{format_day_short(monday)} – {format_day_short(sunday)}"
    return rule(width, f"{told}, {parity} · {between}")


def week_grid_height(day: date, cells: Mapping[date, DayCell]) -> int:
    """Return the rows that a week needs: its title, its days, two for each passage."""
    monday = day - timedelta(days=day.weekday())
    days = [cells.get(monday + timedelta(days=number), DayCell()) for number in range(7)]
    return 2 + max(2 * len(one.rows) + bool(one.holiday) for one in days)


def day_lines(title: str, cell: DayCell, cursor: int, width: int, height: int) -> list[Line]:
    """Draw the passages of a day, the chosen one under the cursor."""
    rows = [rule(width, title)]
    if cell.holiday:
        told = _("férié : {name}").format(name=cell.holiday)
        rows.append(line(("   ✗ " + told, Role.WARN)))
    if not cell.rows:
        rows.append(line(("   " + _("aucun passage"), Role.DIM)))
    room = max(1, height - len(rows))
    first = max(0, min(cursor - room + 1, len(cell.rows) - room))
    for index in range(first, min(len(cell.rows), first + room)):
        rows.append(_passage_line(cell.rows[index], index == cursor, width))
    return rows[:height]


def _passage_line(row: PassageRow, is_chosen: bool, width: int) -> Line:
    vehicle = pad(row.vehicle, 6) + " " if row.vehicle else ""
    told = f"  {row.told}" if row.told else ""
    room = width - 17 - len(vehicle)
    place = cut(row.place, max(12, room - len(told))) if told else row.place
    text = line(
        " ▶" if is_chosen else "  ",
        (row.sign, row.role),
        " " + vehicle + pad(row.hours, 12),
        (place, row.role),
        (told, Role.DIM),
    )
    return select(fit(text, width), width) if is_chosen else text
