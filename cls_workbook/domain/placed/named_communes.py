"""Which commune of a contract a name typed by hand means."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cls_workbook.domain.model import Contrat
from cls_workbook.french import fold

_BEFORE = ("commune de ", "commune d'", "ville de ", "ville d'", "mairie de ", "mairie d'")


def codes_meant(contrat: Contrat, said: str) -> frozenset[str]:
    """The INSEE codes of those that bear this name, whatever its case, accents, hyphens and « commune de »; several
    where two of them bear it."""
    sought = _plain(said)
    return frozenset(code for code, nom in _names(contrat) if _plain(nom) == sought)


def _names(contrat: Contrat) -> Iterator[tuple[str, str]]:
    for commune in contrat.places.communes:
        code = commune.code_insee
        yield from ((code, nom) for nom in (commune.nom, commune.nom_imprime, code, contrat.commune_names[code]) if nom)


@lru_cache(maxsize=5000)
def _plain(nom: str) -> str:
    """« Commune de Fleury-les-Eaux » → « fleury les eaux »."""
    plain = fold(nom)
    for start in _BEFORE:
        plain = plain.removeprefix(start)
    return " ".join(plain.replace("-", " ").split())
