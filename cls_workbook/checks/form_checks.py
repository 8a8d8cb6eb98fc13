"""Rules about an agency's own form: its names, and the cells that they lead to. Told by ``office.agency_form``."""

from __future__ import annotations

from cls_workbook.anomalies import BLOCKING, INFORMATION, Check

_LISTED = "« dictionnaire --pour-modele » liste les noms possibles"


class UnknownFormName(Check):
    code, gravity = "FORMULAIRE_NOM_INCONNU", BLOCKING
    sought = "Un nom, ou un en-tête de table, d’un formulaire de l’agence n’est pas de ceux que l’outil sait remplir."
    expected = "un nom de la liste des noms possibles"
    remedy = f"corrigez ce nom dans le formulaire ({_LISTED}), puis recommencez."


class FormNameOfAnotherYear(Check):
    code, gravity = "FORMULAIRE_HORS_ANNEE", BLOCKING
    sought = "Un nom d’un formulaire de l’agence demande ce que le contrat ne prévoit pas cette année-là."
    expected = "une fiche, une mesure ou un financeur de cette année"
    remedy = "la case reste comme elle était : retirez ce nom du formulaire, ou remplissez la case à la main."


class FormPlace(Check):
    code, gravity = "FORMULAIRE_CASE", BLOCKING
    sought = "Un nom d’un formulaire de l’agence ne mène pas à une case que l’on puisse remplir."
    expected = "une seule case, sans formule, que nul autre nom ne remplit"
    remedy = "redéfinissez ce nom sur la case à remplir (Formules > Gestionnaire de noms), puis recommencez."


class NothingForForm(Check):
    code, gravity = "FORMULAIRE_SANS_VALEUR", INFORMATION
    sought = "Une case d’un formulaire de l’agence reste vide : rien n’est connu, ou le petit effectif est masqué."
    expected = "un chiffre ou un texte de la consolidation"
    remedy = "laissez la case vide, ou complétez-la à la main si vous savez."
