"""Published dates written as other services do, and imported into a folder that is not there."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fsmobile.core.spans import DateSpan, TimeSpan
from fsmobile.usecases.import_sources import Sources, gather, read_source
from fsmobile.usecases.schedule_import import (
    ImportProposal,
    ImportTarget,
    open_target,
    propose_import,
)

TODAY = date(2026, 11, 22)
A_YEAR = DateSpan(first=date(2026, 1, 1), last=date(2026, 12, 31))


def target_in(folder: Path, department: str | None = "83") -> ImportTarget:
    return open_target(folder, tour_id="tour", name="Bus", department=department)


def propose(
    text: str,
    folder: Path,
    *,
    name: str = "liste.txt",
    department: str | None = "83",
    window: DateSpan | None = None,
    hours: TimeSpan | None = None,
) -> ImportProposal:
    """Propose what one text says, for a folder that does not exist."""
    sources = read(text, name)
    target = target_in(folder, department)
    return propose_import(sources, target, TODAY, window=window, hours=hours)


def read(text: str, name: str = "liste.txt", window: DateSpan = A_YEAR) -> Sources:
    return gather([read_source(name, text, "Europe/Paris", window)], [])


def codes(proposal: ImportProposal) -> list[str]:
    return [one.code for one in proposal.problems]


WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin",
          "juillet", "août", "septembre", "octobre", "novembre", "décembre")  # fmt: skip

Row = tuple[date, str, str, str, str]
"""Day, opening and closing (`10:00`), commune, spot."""


def as_pasted(rows: Sequence[Row]) -> str:
    lines = []
    for day, starts, ends, commune, spot in rows:
        told = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
        hours = f"{starts.replace(':', 'h')}-{ends.replace(':', 'h')}"
        lines.append(f"{told}, {hours}, {spot}, {commune}")
    return "\n".join(lines)


def as_csv(rows: Sequence[Row]) -> str:
    lines = ["Date;Début;Fin;Commune;Lieu"]
    for day, starts, ends, commune, spot in rows:
        lines.append(f'{day:%d/%m/%Y};{starts};{ends};{commune};"{spot}"')
    return "\r\n".join(lines)


def as_calendar(rows: Sequence[Row]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for day, starts, ends, commune, spot in rows:
        first, last = (one.replace(":", "") + "00" for one in (starts, ends))
        where = f"{spot}, {commune}".replace(",", "\\,")
        lines += [
            "BEGIN:VEVENT",
            f"DTSTART;TZID=Europe/Paris:{day:%Y%m%d}T{first}",
            f"DTEND;TZID=Europe/Paris:{day:%Y%m%d}T{last}",
            "SUMMARY:Médiabus",
            *_folded(f"LOCATION:{where}"),
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _folded(line: str) -> list[str]:
    return [line[:40], *(f" {line[at : at + 39]}" for at in range(40, len(line), 39))]
