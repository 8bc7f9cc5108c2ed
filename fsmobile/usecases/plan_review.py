"""What publishing a plan would do: to villages, to people with an appointment, from which day."""

from datetime import date, timedelta

from msgspec import Struct

from fsmobile.core.appointments import Presence
from fsmobile.core.ids import TourId
from fsmobile.core.plan_comparison import VillageChange, compare_plans
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.appointments import list_appointments
from fsmobile.usecases.commune_notices import DAYS_AHEAD
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.schedule_merging import Files


class NewVersion(Struct, frozen=True, kw_only=True):
    """Hours that are announced now and hold from a later day on."""

    tour_id: TourId
    name: str
    valid_from: date
    is_known: bool
    """It was published already, and is changed."""


class PlanReview(Struct, frozen=True, kw_only=True):
    """What publishing changes, for whom."""

    villages: tuple[VillageChange, ...] = ()
    """Those that lose passages first."""
    versions: tuple[NewVersion, ...] = ()
    """By day."""
    booked: int = 0
    """People with an appointment at a passage that changes."""

    @property
    def told(self) -> tuple[VillageChange, ...]:
        """Return the villages whose town hall has to be told."""
        return tuple(one for one in self.villages if one.public)


def review_plan(desk: Desk, published: Files, files: Files) -> PlanReview:
    """Set the files of a plan beside the published ones, over the half-year to come."""
    new = read_schedule(dict(files)).tree
    old = read_schedule(dict(published)).tree if published else None
    if new is None:
        return PlanReview()
    today = desk.today()
    days = DateSpan(first=today, last=today + timedelta(days=DAYS_AHEAD))
    villages = compare_plans(old, new, days, load_school_calendar())
    changed = {
        opening.passage_id
        for village in villages
        for change in village.public
        for opening in (*change.before, *change.after)
    }
    booked = {
        line.state.appointment_id
        for line in list_appointments(desk)
        if line.state.presence is Presence.UNKNOWN and line.state.appointment.passage_id in changed
    }
    return PlanReview(
        villages=villages,
        versions=_versions_ahead(old, new, published, files, today),
        booked=len(booked),
    )


def _versions_ahead(
    old: ScheduleTree | None, new: ScheduleTree, published: Files, files: Files, today: date
) -> tuple[NewVersion, ...]:
    """List the versions of later days that publishing announces, or changes."""
    known = {
        (tour.tour_id, version.valid_from)
        for tour in (() if old is None else old.tours.values())
        for version in tour.versions
    }
    found = [
        NewVersion(
            tour_id=tour.tour_id,
            name=version.name,
            valid_from=version.valid_from,
            is_known=(tour.tour_id, version.valid_from) in known,
        )
        for tour in new.tours.values()
        for version in tour.versions
        if version.valid_from > today
        and published.get(path := f"tournees/{tour.tour_id}/{version.valid_from}.toml")
        != files.get(path)
    ]
    return tuple(sorted(found, key=lambda one: (one.valid_from, one.tour_id)))
