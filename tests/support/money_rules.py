"""A contract of one fiche, two rules of money, and what the summaries say of them, for the tests of money."""

from decimal import Decimal

from cls_workbook.domain.model import Fiche, FicheFinancement
from cls_workbook.summaries.funding import par_fiche
from tests.support.written_frames import contrat, values
from tests.support.written_rules import written_rule

D = Decimal
MAQUETTE, OUTSIDE, COFI, VALO = "Maquette ARS", "ARS hors maquette", "Cofinancement", "Valorisation"
POST = written_rule(
    "p",
    "poste",
    "Poste",
    fiche="5.1",
    financeur="ars",
    taux=D("0.5"),
    plafond_annuel=D(30000),
    etp_min=D("0.5"),
    etp_assiette_max=D(1),
    hors_maquette=True,
)
PSSM = written_rule(
    "s",
    "cout_unitaire",
    "Sessions",
    fiche="2.2",
    cout_unitaire=D(250),
    participants_min=8,
    participants_max=16,
    mesure_participants="P",
    mesure_sessions="S",
    complement_formateurs="formateurs",
    cout_formateur=D(1500),
)


def texte(sentences):
    return [p.replace("\u00a0", " ") for p in sentences]


def trial(montant=None, numero="1.1", **extra):
    fiche = Fiche(
        numero,
        "Action",
        "1",
        porteurs=("a", "b"),
        financement=FicheFinancement(montant=montant, **extra.pop("financement", {})),
    )
    return contrat(fiche=extra.pop("fiche", fiche), **extra)


def first(contrat_, *retours, **extra):
    return par_fiche(contrat_, 2025, values(*retours), **extra).iloc[0].to_dict()
