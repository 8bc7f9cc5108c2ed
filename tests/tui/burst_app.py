"""A day's screens as a process of its own, for the tests that type into a real terminal."""

import sys

from fsmobile.tui.app import FsmobileApp
from tests.tui.app_samples import no_network
from tests.tui.day_samples import a_day

if __name__ == "__main__":
    FsmobileApp(a_day(sys.argv[1]).desk, no_network).run()
