"""What changed since last time: messages and moved stops, until the person says to have read it."""

from msgspec import Struct, field

from fsmobile.usecases.desk import Desk
from fsmobile.usecases.logbook import LogLine, list_unread, note_reading
from fsmobile.usecases.timetable_news import TimetableNews, load_unread_timetable


class DayNews(Struct, frozen=True, kw_only=True):
    """What the person who works has not read yet."""

    messages: tuple[LogLine, ...] = field(default_factory=tuple)
    timetable: TimetableNews | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to read."""
        return not self.messages and self.timetable is None


def load_day_news(desk: Desk) -> DayNews:
    """Return the messages and the changes that the person who works has not read."""
    return DayNews(messages=tuple(list_unread(desk)), timetable=load_unread_timetable(desk))


def acknowledge(desk: Desk, news: DayNews) -> None:
    """Say to the coordinator that all of it was read.

    Raises:
        StoreFull, StoreBusy: the rest is still unread.
    """
    for line in news.messages:
        note_reading(desk, line.state.entry_id)
    if news.timetable is not None:
        note_reading(desk, news.timetable.publication)
