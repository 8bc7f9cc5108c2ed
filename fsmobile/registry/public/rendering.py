"""Values to HTML for everybody: templates that escape everything, words through the catalogue."""

from dataclasses import dataclass
from functools import cached_property

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fsmobile.core.publications import PUBLIC_ROOT
from fsmobile.texts.line_breaks import hold_signs
from fsmobile.texts.translation import LANGUAGES, _, current_language, n_


@dataclass(frozen=True)
class PublicRenderer:
    """Fills the templates of the public pages."""

    def __call__(self, template: str, **values: object) -> str:
        """Return a page."""
        language = current_language()
        given = {"language": language if language in LANGUAGES else LANGUAGES[0], **values}
        return self._environment.get_template(template).render(given)

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=PackageLoader("fsmobile.registry.public"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "root": PUBLIC_ROOT,
            "_": lambda text: hold_signs(_(text)),
            "n_": lambda one, many, count: hold_signs(n_(one, many, count)),
            "hold_signs": hold_signs,
            # Drawn by `maps` from numbers, and names that it escapes.
            "drawn": Markup,
        }
        return environment
