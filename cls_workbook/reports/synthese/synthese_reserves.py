"""The reserves of the Synthèse: what the figures do not say."""

from __future__ import annotations

from cls_workbook.anomalies import BLOCKING
from cls_workbook.french import NBSP, how_many
from cls_workbook.reports.synthese.synthese_pieces import Board
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.aggregation import ESTIMATED
from cls_workbook.summaries.masking import is_masked
from cls_workbook.summaries.what_counts import MONEY
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, REJECTED, SET_ASIDE
from cls_workbook.tables.table_frames import frame_records

NOTES = "Notes appelées entre crochets"


def reserves(board: Board, portrait: Portrait) -> None:
    """What the figures above do not say: what is missing, refused, estimated, masked or left open."""
    board.band("Réserves", following=50)
    sections = reserve_sections(portrait)
    if not any(texts for _, texts in sections):
        board.note("Aucune réserve.")
    for titre, texts in sections:
        if texts:
            board.sous_titre(titre, following=22)
            board.sentences_in_two_columns(texts)


def reserve_sections(portrait: Portrait) -> tuple[tuple[str, list[str]], ...]:
    """(title, sentences) of each kind of reserve; the notes are those that were called for until now."""
    return (
        ("Retours manquants ou écartés", _absent_retours(portrait)),
        (NOTES, portrait.numbered_notes()),
        ("Sur l’ensemble des mesures", _on_all_mesures(portrait)),
        ("Points du contrat à préciser", [f"• {t}" for t in portrait.result.notes.a_preciser]),
        # Those of money stand under its table.
        ("Autres réserves", [f"• {t}" for t in portrait.result.notes.reserves if not t.startswith(MONEY)]),
    )


def _absent_retours(portrait: Portrait) -> list[str]:
    """One sentence per fiche: who has not answered, whose answer was set aside. No file is named."""
    retours = frame_records(portrait.result.tables.retours)
    sentences = []
    for statut, word in (
        (MISSING, "attendu{s} et non reçu{s}"),
        (REJECTED, "reçu{s} et rejeté{s}"),
        (DUPLICATE, "reçu{s} en double, à trancher"),
        (SET_ASIDE, "reçu{s} et écarté{s} par la coordination"),
    ):
        theirs: dict[str, list[str]] = {}
        for r in retours:
            if r["Statut"] == statut:
                nom = (r["Structure"] or "structure inconnue") + (f" ({r['Volet']})" if r["Volet"] else "")
                theirs.setdefault(r["Fiche"] or "fiche inconnue", []).append(nom)
        if theirs:
            total = sum(map(len, theirs.values()))
            detail = f"{NBSP}; ".join(
                f"{fiche}{NBSP}: {', '.join(dict.fromkeys(names))}" for fiche, names in theirs.items()
            )
            sentences.append(f"• {total} {word.format(s='s' * (total > 1))} — {detail}.")
    return sentences


def _on_all_mesures(portrait: Portrait) -> list[str]:
    lines = list(portrait.indicateurs.values())
    reserves = [str(li["Réserve"] or "") for li in lines]
    threshold = portrait.contrat.follow_up.seuil_petits_effectifs
    partial = sum(str(li["Couverture"] or "").startswith("partiel") for li in lines)
    counts = (
        (sum(li["Valeur"] is None for li in lines), "sans valeur publiée"),
        (partial, "sur une partie seulement des retours attendus"),
        (sum(ESTIMATED in r for r in reserves), "avec une part d’estimation"),
        (
            sum("non dédoublonné" in r for r in reserves),
            "sans dédoublonnage : un intervalle est donné au lieu d’un nombre",
        ),
        (sum(map(is_masked, reserves)), f"sous le secret des petits effectifs : de 1 à {threshold}, rien ne sort"),
    )
    sentences = [f"• {how_many(n, 'mesure')} sur {len(lines)} {word}." for n, word in counts if n]
    if blocking := portrait.result.alerts(BLOCKING):
        sentences.append(
            f"• {how_many(blocking, 'anomalie')} bloquante{'s' * (blocking > 1)}{NBSP}: les valeurs concernées ne sont "
            f"dans aucun chiffre."
        )
    return sentences
