"""Papers: whole pages without a network, everything escaped, no name on any of them."""

import re
from datetime import date
from html.parser import HTMLParser

from fsmobile.core.appointments import Appointment
from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.ids import PlaceId
from fsmobile.usecases.appointments import book_appointment, coming_passages
from fsmobile.usecases.follow_ups import open_follow_up
from fsmobile.usecases.papers import make_day_sheet, make_next_time_list, make_slip
from tests.tui.day_samples import a_day
from tests.worlds import Laptop

LUXE = PlaceId("luxe")
NAME = "Mme Rambert"


class _Text(HTMLParser):
    """Collects what a page says, and sees whether its tags match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        assert self.open == []
        return " ".join(self.said)


def _promised() -> Laptop:
    laptop = a_day()
    desk = laptop.desk
    desk.keeps_names = True
    today = desk.today()
    after = coming_passages(desk, place_id=LUXE)[1]
    starts = after.starts
    assert starts is not None
    book_appointment(desk, Appointment(passage_id=after.passage_id, starts=starts, minutes=30))
    named = NamedPart(
        name=NAME,
        consented_on=today,
        consent_text="suite-1",
        erase_on=today.replace(year=today.year + 1),
    )
    open_follow_up(
        desk, FollowUp(opened_on=today, task="avis <d'impôt> & RIB", place_id=LUXE), named
    )
    return laptop


def test_the_sheet_of_a_day_has_its_stops_its_codes_and_room_to_write() -> None:
    page = make_day_sheet(a_day().desk, date(2026, 11, 26))
    said = _Text(page).text
    assert "Luxé, place de la mairie" in said
    assert "Prise derrière la halle" in said
    assert "Retraite" in said
    assert page.count('<td class="blank">') == 2 * 12 * 8
    assert "http" not in page


def test_what_is_to_be_done_is_listed_by_coming_passage_without_a_name() -> None:
    page = make_next_time_list(_promised().desk)
    said = _Text(page).text
    assert "09:30 rendez-vous" in said
    assert "avis <d'impôt> & RIB" in said
    assert NAME not in page
    assert "Rien à faire" in make_next_time_list(a_day().desk)


def test_the_slip_says_what_to_bring_and_when_the_bus_is_back() -> None:
    page = make_slip(a_day().desk, LUXE, ("carte d'identité", "<script>"))
    said = _Text(page).text
    assert "carte d'identité" in said
    assert "<script>" in said
    assert "<script>" not in page
    assert len(re.findall("décembre 2026", said)) >= 3
    assert "<svg" in page
