"""Whatever is typed in the pilotage comes back as it was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from cls_workbook import pilotage
from cls_workbook.definition.toml_reader import parse
from cls_workbook.pilotage import CopilDecision, Meeting, Pilotage
from cls_workbook.workbook import writer
from tests.support.pilotage_typist import CONTRAT

TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=60) | st.sampled_from(
    ("=1+1", "-3", "@x", "1.1", "§clé", "<r>a</r>")
)


CENTS = st.integers(0, 99_999_999_999).map(lambda n: Decimal(n) / 100)


@given(montant=CENTS, texte=TEXTS, day=st.dates(date(2025, 1, 1), date(2025, 12, 31)), convies=st.integers(0, 500))
@settings(max_examples=12, deadline=None)
def test_any_amount_text_or_date_comes_back_as_it_was(tmp_path_factory, montant, texte, day, convies):
    contrat = parse(CONTRAT, "essai.toml")
    provided = Pilotage(
        programme={("1.1", ""): montant},
        engage_anterieur={"1.2": montant},
        contact=texte,
        reunions=(Meeting("COPIL", day, convies, convies, texte),),
        decisions=(CopilDecision("", "autre", day, texte, texte, texte),),
    )
    path = tmp_path_factory.getbasetemp() / "quelconque.xlsx"
    writer.write(pilotage.workbook(contrat, 2025, provided), path)
    assert pilotage.read(path, contrat, 2025) == provided
