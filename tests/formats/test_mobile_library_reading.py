"""The mobile-library CSV that we write is read back as the same passages."""

from collections import Counter

import pytest

from fsmobile.formats.mobile_library_writing import write_mobile_library_csv
from fsmobile.formats.published_tables import read_published_csv
from tests.formats.public_exports import TREES, a_publication, read_tree


@pytest.mark.parametrize("name", ["bus-charente", "mediabus-dracenie"])
def test_a_schedule_written_as_mobile_library_csv_is_read_back(name: str) -> None:
    publication = a_publication(read_tree(TREES[name]))
    tree = publication.tree
    expected = Counter(
        (tree.places[one.place_id].name, one.service_date.isoformat(), one.starts, one.ends)
        for one in publication.passages
        if not one.is_cancelled
    )
    reading = read_published_csv("m.csv", write_mobile_library_csv(publication), publication.window)
    assert reading is not None
    assert reading.problems == ()
    assert reading.name == tree.agency.name
    found = Counter(
        (one.parts[0], one.written.text, span.starts, span.ends)
        for one in reading.entries
        for span in one.opening.spans
    )
    assert found == expected
