"""Working days (jours ouvrés): Monday to Friday, public holidays apart."""

from collections.abc import Container
from datetime import date, timedelta


def count_working_days(after: date, until: date, holidays: Container[date]) -> int:
    """Return how many working days there are after one day, up to and with another."""
    days = (after + timedelta(days=ahead) for ahead in range(1, (until - after).days + 1))
    return sum(day.weekday() < 5 and day not in holidays for day in days)
