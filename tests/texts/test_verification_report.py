"""What a comparison of days says: what was compared, what differed, what was mended."""

from datetime import UTC, datetime

from fsmobile.sync.progress import DayDifference, Verification
from fsmobile.texts.sync_report import describe_loading
from fsmobile.texts.translation import speaking
from fsmobile.texts.verification_report import describe_verification
from fsmobile.usecases.sync_status import DayReceipt

RECEIPT = DayReceipt(received=38, total=38, at=datetime(2026, 11, 24, 17, 31, tzinfo=UTC))
NO_VISIT = DayReceipt(received=0, total=0, at=datetime(2026, 11, 24, 17, 31, tzinfo=UTC))
NEVER = DayReceipt(received=0, total=0, at=None)


def told(found: Verification, receipt: DayReceipt = RECEIPT) -> list[str]:
    return list(describe_verification(found, receipt))


def a_day(day: str = "2026-11-12", here: int = 40, there: int = 38) -> DayDifference:
    return DayDifference(scope="unit:bus-charente/bus-1", day=day, here=here, there=there)


def test_what_was_compared_is_said_after_the_receipt_of_the_day() -> None:
    assert told(Verification(first_day="2026-10-11", ops=1812)) == [
        "Aujourd'hui : 38 visites sur 38 reçues par le registre à 17:31.",
        "1\u202f812 actes comparés avec le registre, depuis le 11/10/2026.",
        "Tout est pareil des deux côtés.",
    ]


def test_no_receipt_and_no_visit_are_not_dressed_up() -> None:
    found = Verification(is_whole=True, first_day="1970-01-01", ops=1)
    assert told(found, NO_VISIT)[0] == "Dernier reçu du registre : 17:31."
    assert told(found, NEVER)[0] == "1 acte comparé avec le registre : tout l'historique."


def test_what_differed_and_what_was_mended_is_told_day_by_day() -> None:
    found = Verification(first_day="2026-10-11", ops=5, differed=[a_day()], given=2, taken=1)
    assert told(found)[2:] == [
        "1 jour différait :",
        "  12/11/2026  bus-charente/bus-1 : 40 ici, 38 au registre",
        "2 actes rendus au registre, qui les avait perdus.",
        "1 acte repris du registre, perdu ici.",
        "Réparé : tout est pareil des deux côtés.",
    ]


def test_what_still_differs_is_never_called_mended() -> None:
    days = [a_day(f"2026-11-{day:02}") for day in range(1, 24)]
    lines = told(Verification(first_day="2026-10-11", differed=days, aside=1, remaining=days[:1]))
    assert "  et 3 autres jours" in lines
    assert "1 acte sans preuve de réception : le registre le garde à part" in lines[-3]
    assert lines[-2].startswith("1 jour diffère encore ; rien n'est perdu ici.")
    assert not any("pareil" in line for line in lines)


def test_a_loading_counts_megabytes_then_acts() -> None:
    assert describe_loading("bytes", 1_240_000, 6_400_000) == "historique : 1,2 Mo sur 6,4 Mo"
    assert describe_loading("ops", 20_000, 100_000) == (
        "historique : 20\u202f000 actes sur 100\u202f000"
    )
    with speaking("en"):
        assert describe_loading("ops", 1, 2) == "history: 1 acts of 2"
