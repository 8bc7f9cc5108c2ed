"""The problems of a schedule tree about to be published, as the registry sees them."""

from collections.abc import Mapping, Sequence

from fsmobile.errors import Problem
from fsmobile.formats.schedule_toml import read_schedule


def check_tree(files: Mapping[str, str]) -> Sequence[Problem]:
    """Read a tree and return every fault of its files."""
    return read_schedule(files).problems
