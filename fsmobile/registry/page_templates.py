"""Templates of the registry's pages: everything escaped, words through the catalogue."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from fsmobile.texts.line_breaks import hold_signs
from fsmobile.texts.translation import LANGUAGES, _, current_language, n_


def load_templates(package: str, root: str) -> Environment:
    """Return the templates of a package, for pages whose addresses begin with `root`."""
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "root": root,
        "_": lambda text: hold_signs(_(text)),
        "n_": lambda one, many, count: hold_signs(n_(one, many, count)),
        "hold_signs": hold_signs,
    }
    return environment


def page_language() -> str:
    """Return the language that a page declares: the current one, if it is a real one."""
    language = current_language()
    return language if language in LANGUAGES else LANGUAGES[0]
