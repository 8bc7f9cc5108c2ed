"""Tests of random inputs fail for what they find, never for a machine that is busy."""

import os

from hypothesis import HealthCheck, settings


def test_the_profile_of_the_tests_is_in_force() -> None:
    assert settings.default is not None
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check
    assert settings.default.derandomize is (os.environ.get("CI") == "true")


def test_a_test_that_asks_for_more_examples_keeps_the_rest_of_the_profile() -> None:
    asked = settings(max_examples=7)
    assert asked.deadline is None
    assert HealthCheck.too_slow in asked.suppress_health_check
