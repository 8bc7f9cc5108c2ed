"""Exports for citizens and partners: calendars, hours, rows, notices, from one timetable."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from fsmobile.core.public_feeds import PublishedState, Selection
from fsmobile.core.publications import Publication
from fsmobile.formats.ics import write_calendar
from fsmobile.formats.lieux_mediation import write_mediation_csv
from fsmobile.formats.mobile_library_writing import write_mobile_library_csv
from fsmobile.formats.notice_html import write_notice_page
from fsmobile.formats.notice_pdf import write_notice_pdf
from fsmobile.formats.passages_json import write_passages_json
from fsmobile.formats.qr_codes import draw_qr
from fsmobile.formats.served_stops import list_served_stops, write_opening_hours_csv
from fsmobile.reference.communes import find_postcode
from fsmobile.texts.calendar_words import describe_feed
from fsmobile.texts.line_breaks import hold_signs
from fsmobile.texts.translation import current_language
from fsmobile.texts.village_notice import describe_notice

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def state_now(now_ms: int) -> PublishedState:
    """Number a state that no registry has numbered: by the minute, so that a later one is greater.

    A calendar program keeps the greater of two numbers.
    """
    revised_at = datetime.fromtimestamp(now_ms // 60_000 * 60, tz=UTC)
    return PublishedState(
        number=(revised_at - EPOCH) // timedelta(minutes=1), revised_at=revised_at
    )


def export_calendar(
    publication: Publication, selection: Selection, *, keeps_cancelled: bool = False
) -> str:
    """Return the calendar of a stop, a tour, a bus, a commune, or of everything.

    Raises:
        NotFound: the timetable has no such tour, stop, bus or commune.
    """
    publication.require(selection)
    feed = describe_feed(publication, selection, keeps_cancelled=keeps_cancelled)
    return write_calendar(feed)


def export_opening_hours(publication: Publication) -> str:
    """Return the `opening_hours` of each stop, as CSV."""
    return write_opening_hours_csv(list_served_stops(publication))


def export_mediation(publication: Publication) -> str:
    """Return the rows of the « lieux de médiation numérique »."""
    return write_mediation_csv(publication, list_served_stops(publication), find_postcode)


def export_notice(publication: Publication, insee_code: str) -> str:
    """Return the notice of a commune's board, as HTML.

    Raises:
        NotFound: no bus of this timetable comes there.
    """
    publication.require(Selection(insee_code=insee_code))
    notice = describe_notice(publication, insee_code)
    page = write_notice_page(notice, current_language(), _code(publication, insee_code))
    return hold_signs(page)


def export_notice_pdf(publication: Publication, insee_code: str) -> bytes:
    """Return the same notice as PDF.

    Raises:
        NotFound: no bus of this timetable comes there.
        InvalidInput: the optional extra is not installed.
    """
    publication.require(Selection(insee_code=insee_code))
    notice = describe_notice(publication, insee_code)
    return write_notice_pdf(notice, current_language(), _code(publication, insee_code))


def _code(publication: Publication, insee_code: str) -> str:
    """Draw what leads to the calendar of a commune, where a registry shows it."""
    calendar = publication.page_of("commune", f"{insee_code}.ics")
    return draw_qr(calendar) if calendar else ""


FILES: Mapping[str, Callable[[Publication], str]] = {
    "passages.json": write_passages_json,
    "opening-hours.csv": export_opening_hours,
    "lieux-mediation-numerique.csv": export_mediation,
    "mobile-library.csv": write_mobile_library_csv,
}
"""The files of a whole timetable, by name."""


def export_everything(publication: Publication) -> dict[str, str]:
    """Return every file by its path: of the whole, of each stop, tour, bus and commune."""
    files = {name: export(publication) for name, export in FILES.items()}
    stops = dict.fromkeys((one.tour_id, one.stop_id) for one in publication.passages)
    calendars = {
        f"arrets/{tour_id}-{stop_id}.ics": Selection(tour_id=tour_id, stop_id=stop_id)
        for tour_id, stop_id in stops
    }
    tree = publication.tree
    calendars |= {f"tournees/{one}.ics": Selection(tour_id=one) for one in tree.tours}
    calendars |= {f"bus/{one}.ics": Selection(vehicle_id=one) for one in tree.vehicles}
    communes = publication.communes
    calendars |= {f"communes/{one}.ics": Selection(insee_code=one) for one in communes}
    files |= {path: export_calendar(publication, one) for path, one in calendars.items()}
    return files | {f"affiches/{one}.html": export_notice(publication, one) for one in communes}
