"""Public pages, from their templates and values."""

from dataclasses import dataclass
from functools import cached_property

from jinja2 import Environment
from markupsafe import Markup

from fsmobile.core.publications import PUBLIC_ROOT
from fsmobile.registry.page_templates import load_templates, page_language


@dataclass(frozen=True)
class PublicRenderer:
    """Fills the templates of the public pages."""

    def __call__(self, template: str, **values: object) -> str:
        """Return a page."""
        given = {"language": page_language(), **values}
        return self._environment.get_template(template).render(given)

    @cached_property
    def _environment(self) -> Environment:
        environment = load_templates("fsmobile.registry.public", PUBLIC_ROOT)
        # Drawn by `maps` from numbers, and names that it escapes.
        environment.globals["drawn"] = Markup
        return environment
