"""One way of running random inputs for every test: no clock judges them, CI repeats itself."""

import os

from hypothesis import HealthCheck, settings

# A loaded machine is no fault of the code. Where a run must be compared with the one before
# (CI=true), inputs follow from the test alone; at a desk they are new each time.
settings.register_profile(
    "fsmobile",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("fsmobile")

if os.environ.get("FSMOBILE_TEST_CIPHER"):
    # Every store that the tests open in this process is an encrypted one: same answers, or a fault.
    from fsmobile.store import cipher, database

    def _encrypted(path, key, **options):
        return cipher.connect(path, key or bytes(range(32)), **options)

    database.connect = _encrypted
