"""Sentences of what is asked of git."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

GIT_SENTENCES: Mapping[str, tuple[str, str]] = {
    "git_not_found": (
        mark("git n'est pas installé sur cette machine."),
        mark("Installez-le, ou travaillez sans : fsmobile schedule pull réunit aussi."),
    ),
    "git_refuses": (
        mark("git refuse pour « {path} » : {detail}"),
        mark("Donnez un dossier qui est dans un dépôt git (git init)."),
    ),
}
