"""What a contract need not ask: optional questions that it may leave out, for all its fiches or for one."""

from __future__ import annotations

from cls_workbook.domain.asked.money_questions import EXPENDITURE_POSTS
from cls_workbook.domain.model import Contrat, Fiche

# What a definition says (``non_demandes``, ``demandes``) → the blocks, or the « block/champ », that are then not asked.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "territoire": ("territoire",),
    "partenaires": ("partenaires",),
    "commentaires": tuple(f"{bloc}/commentaire" for bloc in ("mesures", "taux", "satisfaction", "durees", "dates")),
    "double_compte": ("mesures/double_compte",),
    "echelle": ("satisfaction/echelle",),
    "dates": ("avancement/date_debut", "avancement/date_fin_prevue"),
    "prevu": ("financement/prevu",),
    "postes": tuple(f"depenses/{post}" for post in EXPENDITURE_POSTS),
    "etp": ("depenses/etp",),
    "ecarts": ("qualitatif/ecarts",),
    "freins": ("qualitatif/freins",),
    "leviers": ("qualitatif/leviers",),
    "perspectives": ("qualitatif/perspectives",),
}


def left_out(contrat: Contrat, fiche: Fiche) -> frozenset[str]:
    """Blocks (« partenaires ») and champs (« financement/prevu ») that this fiche does not ask. What a rule of money is
    computed on is asked all the same."""
    said = {*contrat.follow_up.non_demandes, *fiche.non_demandes} - {*fiche.demandes}
    if any(rule.post.etp_min is not None and rule.type != "poste" for rule in contrat.rules_of(fiche.numero)):
        said -= {"etp"}
    without_qpv = () if contrat.places.qpv else ("mesures/dont_qpv",)  # nothing to ask of where there is none
    return frozenset((*without_qpv, *(place for nom in said for place in QUESTIONS.get(nom, ()))))
