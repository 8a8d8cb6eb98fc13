"""The draft of a message, as a ``.eml`` that a mail program opens ready to be read over, addressed and sent.

No date, no random boundary: the same reminder gives the same bytes. Its recipient is the service whose address the
pilotage holds, if any: the contract names no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from cls_workbook.domain.model import Contrat
from cls_workbook.french import all_of, date_fr, typography
from cls_workbook.office.relances.late_returns import ExpectedAnswer, Overdue

MARK = "X-CLS-Workbook"  # by which a later run knows the drafts that it may replace
_PART_BOUNDARY = "=_classeur_joint"
_WORKBOOK = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


_ABOUT_THE_WORKBOOK = (
    "Le classeur à remplir est joint à ce message : il ne contient que ce que nous attendons de vous, et votre "
    "identité y figure déjà. Comptez une dizaine de minutes par fiche ; il suffit de l’enregistrer et de le "
    "renvoyer en réponse à ce message.",
    "Il vous manque un chiffre ? Laissez la case vide et choisissez « non disponible » : une réponse incomplète nous "
    "est déjà utile.",
)
_REJECTED = (
    "Ce que vous nous avez envoyé n’a pas pu être retenu (fichier illisible, ou classeur d’une autre année) pour :"
)
_SET_ASIDE = "Nous avons mis de côté ce que vous nous avez envoyé, et nous attendons une nouvelle réponse pour :"
_DUPLICATED = (
    "Nous avons reçu plusieurs versions de votre réponse, et nous ne voulons pas choisir à votre place. Dites-nous "
    "laquelle garder pour :"
)


def draft(contrat: Contrat, annee: int, overdue: Overdue, contact: str, workbook: tuple[str, bytes] | None) -> bytes:
    """The message to one structure.

    ``workbook``: (file name, bytes) of the workbook to fill, None if none is needed.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = objet(contrat, annee, overdue)
    message["To"] = overdue.courriel
    message["X-Unsent"] = "1"  # opened as a draft, not as a message received
    message[MARK] = "relance"
    content = texte(contrat, annee, overdue, contact, attached=workbook is not None)
    message.set_content(content, charset="utf-8", cte="quoted-printable")
    if workbook:
        nom, file = workbook
        message.add_attachment(file, *_WORKBOOK, filename=nom)
        message.set_boundary(_PART_BOUNDARY)
    return message.as_bytes()


def objet(contrat: Contrat, annee: int, overdue: Overdue) -> str:
    what = "votre réponse" if overdue.missing else "votre envoi"
    deadline = date_fr(overdue.limite) if overdue.limite else ""
    expected_row = f" (attendu{'e' * bool(overdue.missing)} le {deadline})" if deadline else ""
    return typography(f"{' '.join(contrat.nom_court.split())} : {what} pour le bilan {annee}{expected_row}")


def texte(contrat: Contrat, annee: int, overdue: Overdue, contact: str, *, attached: bool) -> str:
    """Kind, and true in every case: nothing came, part of it came, what came could not be kept."""
    paragraphs = ["Bonjour,", f"Nous préparons le bilan {annee} du contrat « {contrat.titre} »."]
    paragraphs += _what_is_missing(contrat, overdue)
    paragraphs += _what_to_redo(contrat, overdue)
    paragraphs += _deadline(overdue)
    if overdue.received:
        paragraphs.append(f"Nous avons bien reçu vos réponses pour {_fiches_inline(overdue.received)} : merci.")
    if attached:
        paragraphs += _ABOUT_THE_WORKBOOK
    paragraphs.append("Si votre réponse vient de partir, merci de ne pas tenir compte de ce message.")
    if contact:
        paragraphs.append(f"Pour toute question : {contact}")
    paragraphs.append(f"Avec nos remerciements,\nLa coordination du contrat « {contrat.nom_court} »")
    return typography("\n\n".join(paragraphs)) + "\n"


def _what_is_missing(contrat: Contrat, overdue: Overdue) -> list[str]:
    if not overdue.missing:
        return []
    step = "pas encore" if overdue.reminded_on is None else "toujours pas"
    who = f"la réponse de la structure « {overdue.respondent.nom} »"
    start = f"Sauf erreur de notre part, nous n’avons {step} reçu {who} pour :"
    return ["\n".join([start, *_fiches_listed(contrat, overdue.missing)])]


def _deadline(overdue: Overdue) -> list[str]:
    if not overdue.limite:
        return []
    reminder = f", et nous vous avons écrit le {date_fr(overdue.reminded_on)}" if overdue.reminded_on else ""
    is_late, what = bool(overdue.days), "Elle" if overdue.missing else "Votre réponse"
    return [f"{what} {'était' if is_late else 'est'} attendue pour le {date_fr(overdue.limite)}{reminder * is_late}."]


def _what_to_redo(contrat: Contrat, overdue: Overdue) -> list[str]:
    cases = ((_REJECTED, overdue.rejected), (_SET_ASIDE, overdue.set_aside), (_DUPLICATED, overdue.duplicated))
    return ["\n".join([start, *_fiches_listed(contrat, fiches)]) for start, fiches in cases if fiches]


def _fiches_listed(contrat: Contrat, reponses: Sequence[ExpectedAnswer]) -> list[str]:
    return [
        f"  • fiche {fiche}, {contrat.par_fiche[fiche].titre}" + (f" (volet « {volet} »)" if volet else "")
        for fiche, volet in reponses
    ]


def _fiches_inline(reponses: Sequence[ExpectedAnswer]) -> str:
    numbers = list(dict.fromkeys(fiche for fiche, _ in reponses))
    return f"la fiche {numbers[0]}" if len(numbers) == 1 else f"les fiches {all_of(numbers)}"
