"""Small counts, and personal data in free text. What is personal is masked in the message too."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cls_workbook.anomalies import A_CONFIRMER, INFORMATION, Anomalie
from cls_workbook.checks.check_kinds import RetourCheck
from cls_workbook.checks.given.typed_answers import Row, here, place_of
from cls_workbook.french import number_fr
from cls_workbook.personal_data import MAYBE, mask, personal_data_in
from cls_workbook.reading.storing.wide_views import as_dicts

# Texts in which a person may write anything; what is asked for as such (courriel of the contact) is not among them.
NOT_FREE_TEXT = {
    *(("reponse", champ) for champ in ("contact_courriel", "structure")),
    *(("financement", champ) for champ in ("financeur", "reference")),
}
CITED_MAX = 5


class SmallHeadcount(RetourCheck):
    """One anomaly a measure, for information: nothing is wrong, but these cells will not leave as they are."""

    code, gravity = "PETIT_EFFECTIF", INFORMATION
    sought = "Un petit effectif figure dans un détail sensible : il sera masqué dans la synthèse."
    remedy = "rien à corriger : ces nombres seront masqués dans la synthèse."

    def in_retours(self) -> Iterator[Anomalie]:
        threshold, v = self.contrat.follow_up.seuil_petits_effectifs, self.answers.values
        expected = f"au-delà de {threshold}, un effectif ne désigne personne"
        sensitive = [id_ for id_, (_, _, m) in self.contrat.by_mesure.items() if m.petits_effectifs]
        is_count = v["champ"].isin(("valeur", "effectif", "numerateur"))
        counts = v.iloc[np.flatnonzero(v["mesure"].isin(sensitive) & is_count)]
        groups: dict[tuple[str, str, str], list[Row]] = {}
        for r in as_dicts(counts, [1 <= n <= threshold for n in counts["valeur"]]):
            groups.setdefault((*here(r), r["mesure"]), []).append(r)
        for (_, _, mesure), rows in groups.items():
            found = ", ".join(number_fr(r["valeur"]) for r in rows[:CITED_MAX]) + "…" * (len(rows) > CITED_MAX)
            cells, label = [r["cellule"] for r in rows], self.words.mesure(mesure).libelle
            yield self.anomalie(place_of(rows[0]), cells, label, found, expected)


class PersonalData(RetourCheck):
    """One anomaly a cell."""

    code, gravity = "DONNEE_PERSONNELLE", A_CONFIRMER
    sought = "Un texte libre semble contenir un nom, un courriel, un téléphone ou un numéro de sécurité sociale."
    expected = "un texte sans donnée personnelle"
    remedy = "retirez ce qui désigne une personne (une fonction suffit), ou confirmez à la coordination."

    def in_retours(self) -> Iterator[Anomalie]:
        v = self.answers.values
        is_free = (v["type"] == "texte") | ((v["type"] == "liste") & v["champ"].isin(("nom", "structure")))
        texts = v.iloc[np.flatnonzero(is_free)]
        # The same words come back from one return to the next: each is looked at once.
        doubtful = {t: MAYBE.search(t) is not None for t in dict.fromkeys(texts["valeur"]) if isinstance(t, str)}
        for r in as_dicts(texts, [doubtful.get(t, False) for t in texts["valeur"]]):
            data = personal_data_in(r["valeur"]) if (r["bloc"], r["champ"]) not in NOT_FREE_TEXT else []
            if data:
                found = ", ".join(f"{nature} ({mask(texte)})" for nature, texte in data)
                yield self.at(r, found, r["champ"], cells=[r["cellule"]])
