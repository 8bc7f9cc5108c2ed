"""The sentences of a verification: what was compared, what differed, what was mended."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from fsmobile.texts.dates import format_number, format_numeric_day, format_time
from fsmobile.texts.translation import _, n_

SHOWN_MAX = 20
"""Days told one by one."""


class DayDifference(Protocol):
    """A day that is not the same on both sides."""

    @property
    def scope(self) -> str: ...
    @property
    def day(self) -> str: ...
    @property
    def here(self) -> int: ...
    @property
    def there(self) -> int: ...


class Verification(Protocol):
    """What was compared, as `sync.verification` counts it."""

    is_whole: bool
    first_day: str
    ops: int
    given: int
    aside: int
    taken: int

    @property
    def differed(self) -> Sequence[DayDifference]: ...
    @property
    def remaining(self) -> Sequence[DayDifference]: ...


class DayReceipt(Protocol):
    """What receipts say of the day."""

    @property
    def received(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def at(self) -> datetime | None: ...


def describe_verification(found: Verification, receipt: DayReceipt) -> Iterator[str]:
    """Tell a verification, one sentence a line."""
    if receipt.at is not None:
        yield _describe_receipt(receipt, format_time(receipt.at.time()))
    count = n_("{n} acte comparé", "{n} actes comparés", found.ops).format(
        n=format_number(found.ops)
    )
    if found.is_whole:
        yield _("{count} avec le registre : tout l'historique.").format(count=count)
    else:
        first = format_numeric_day(date.fromisoformat(found.first_day))
        yield _("{count} avec le registre, depuis le {day}.").format(count=count, day=first)
    if not found.differed:
        yield _("Tout est pareil des deux côtés.")
        return
    yield n_("{n} jour différait :", "{n} jours différaient :", len(found.differed)).format(
        n=len(found.differed)
    )
    yield from _list_days(found.differed)
    yield from _describe_mending(found)


def _describe_receipt(receipt: DayReceipt, time: str) -> str:
    if not receipt.total:
        return _("Dernier reçu du registre : {time}.").format(time=time)
    return n_(
        "Aujourd'hui : {received} visite sur {total} reçue par le registre à {time}.",
        "Aujourd'hui : {received} visites sur {total} reçues par le registre à {time}.",
        receipt.received,
    ).format(received=receipt.received, total=receipt.total, time=time)


def _list_days(days: Sequence[DayDifference]) -> Iterator[str]:
    for one in days[:SHOWN_MAX]:
        yield _("  {day}  {scope} : {here} ici, {there} au registre").format(
            day=format_numeric_day(date.fromisoformat(one.day)),
            scope=one.scope.removeprefix("unit:"),
            here=one.here,
            there=one.there,
        )
    more = len(days) - SHOWN_MAX
    if more > 0:
        yield n_("  et {n} autre jour", "  et {n} autres jours", more).format(n=more)


def _describe_mending(found: Verification) -> Iterator[str]:
    if found.given:
        yield n_(
            "{n} acte rendu au registre, qui l'avait perdu.",
            "{n} actes rendus au registre, qui les avait perdus.",
            found.given,
        ).format(n=found.given)
    if found.taken:
        yield n_(
            "{n} acte repris du registre, perdu ici.",
            "{n} actes repris du registre, perdus ici.",
            found.taken,
        ).format(n=found.taken)
    if found.aside:
        yield n_(
            "{n} acte sans preuve de réception : le registre le garde à part, prévenir"
            " l'administrateur.",
            "{n} actes sans preuve de réception : le registre les garde à part, prévenir"
            " l'administrateur.",
            found.aside,
        ).format(n=found.aside)
    if not found.remaining:
        yield _("Réparé : tout est pareil des deux côtés.")
        return
    yield n_(
        "{n} jour diffère encore ; rien n'est perdu ici. Prévenir le support :",
        "{n} jours diffèrent encore ; rien n'est perdu ici. Prévenir le support :",
        len(found.remaining),
    ).format(n=len(found.remaining))
    yield from _list_days(found.remaining)
