"""The columns of the mobile-library CSV (LibrariesHacked), read by imports, written by exports."""

from enum import StrEnum

COLUMNS = (
    "organisation", "mobile", "route", "community", "stop", "address", "postcode", "geox", "geoy",
    "day", "type", "arrival", "departure", "frequency", "start", "end", "exceptions", "timetable",
)  # fmt: skip
"""In their order; comma-separated, dates as `2026-11-24`, hours as `09:30`."""
REQUIRED = frozenset(
    {"organisation", "mobile", "route", "stop", "day", "type"}
    | {"arrival", "departure", "frequency", "start"}
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""What the column `day` holds, Monday first."""


class StopType(StrEnum):
    """What the column `type` holds."""

    PUBLIC = "Public"
    PRIVATE = "Private"
    DYNAMIC = "Dynamic"
    """The time is used on request."""
    OTHER = "Other"
    """No stop for the public: lunch, refuelling."""
