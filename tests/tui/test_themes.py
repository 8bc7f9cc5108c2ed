"""Themes: every role is readable on its background."""

import pytest
from textual.theme import Theme

from fsmobile.tui.themes import THEMES

ROLES = ("plain", "dim", "title", "key", "good", "warn", "bad")


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_role_reaches_the_contrast_of_wcag_aa(theme: Theme) -> None:
    colours = theme.variables
    for back in (colours["role-back"], colours["role-bar"]):
        for role in ROLES:
            assert contrast(colours[f"role-{role}"], back) >= 4.5, role
    assert contrast(colours["role-cursor"], colours["role-cursor-back"]) >= 4.5
    assert contrast(colours["role-frame"], colours["role-back"]) >= 3
