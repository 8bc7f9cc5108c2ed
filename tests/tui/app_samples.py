"""The real app for the tests, on a terminal of a given size, and the text of its screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from fsmobile.sync.progress import OnProgress, SyncReport
from fsmobile.tui.app import FsmobileApp
from tests.tui.day_samples import a_day
from tests.worlds import Laptop


def no_network(_on_progress: OnProgress, _why: str) -> SyncReport:
    """A sync that finds nobody."""
    from fsmobile.errors import RegistryUnreachable

    raise RegistryUnreachable("registry_unreachable")


@asynccontextmanager
async def running(
    laptop: Laptop | None = None, size: tuple[int, int] = (80, 24), **options: object
) -> AsyncIterator[tuple[FsmobileApp, Pilot[None]]]:
    """Run the app on a laptop, in a terminal of that size."""
    app = FsmobileApp((laptop or a_day()).desk, no_network, **options)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def screen_text(pilot: Pilot[None]) -> str:
    """Return what the terminal shows, row by row, without colours."""
    await pilot.pause()
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
