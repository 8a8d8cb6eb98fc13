"""The draft of a message, as a ``.eml`` that a mail program opens ready to be read over, addressed and sent. Pure: bytes out.

No date, no random boundary: the same reminder gives the same bytes. No recipient: the contract names no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from cls_workbook.contract.model import Contrat
from cls_workbook.francais import date_fr, typographie
from cls_workbook.relances.retards import ReponseAttendue, Retard

MARQUE = "X-CLS-Workbook"  # by which a later run knows the drafts that it may replace
_LIMITE_DE_PARTIE = "=_classeur_joint"
_CLASSEUR = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def brouillon(contrat: Contrat, annee: int, retard: Retard, contact: str, classeur: tuple[str, bytes] | None) -> bytes:
    """The message to one structure. ``classeur``: (file name, bytes) of the workbook to fill, None if none is needed."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = objet(contrat, annee, retard)
    message["To"] = ""
    message["X-Unsent"] = "1"  # opened as a draft, not as a message received
    message[MARQUE] = "relance"
    message.set_content(texte(contrat, annee, retard, contact, joint=classeur is not None), charset="utf-8", cte="quoted-printable")
    if classeur:
        nom, contenu = classeur
        message.add_attachment(contenu, *_CLASSEUR, filename=nom)
        message.set_boundary(_LIMITE_DE_PARTIE)
    return message.as_bytes()


def objet(contrat: Contrat, annee: int, retard: Retard) -> str:
    quoi = "votre réponse" if retard.manquantes else "votre envoi"
    attendue = f" (attendue le {date_fr(retard.limite)})" if retard.jours and retard.manquantes else ""
    return typographie(f"{contrat.nom_court} : {quoi} pour le bilan {annee}{attendue}")


def texte(contrat: Contrat, annee: int, retard: Retard, contact: str, *, joint: bool) -> str:
    """Kind, and true in every case: nothing came, part of it came, what came could not be kept."""
    paragraphes = ["Bonjour,", f"Nous préparons le bilan {annee} du contrat « {contrat.titre} »."]
    paragraphes += _ce_qui_manque(contrat, retard)
    paragraphes += _ce_qui_est_a_reprendre(contrat, retard)
    if retard.recues:
        paragraphes.append(f"Nous avons bien reçu vos réponses pour {_fiches_en_ligne(retard.recues)} : merci.")
    if joint:
        paragraphes += [
            "Le classeur à remplir est joint à ce message : il ne contient que ce que nous attendons de vous, et votre identité y figure déjà. "
            "Comptez une dizaine de minutes par fiche ; il suffit de l’enregistrer et de le renvoyer en réponse à ce message.",
            "Il vous manque un chiffre ? Laissez la case vide et choisissez « non disponible » : une réponse incomplète nous est déjà utile.",
        ]
    paragraphes.append("Si votre réponse vient de partir, merci de ne pas tenir compte de ce message.")
    if contact:
        paragraphes.append(f"Pour toute question : {contact}")
    paragraphes.append(f"Avec nos remerciements,\nLa coordination du contrat « {contrat.nom_court} »")
    return typographie("\n\n".join(paragraphes)) + "\n"


def _ce_qui_manque(contrat: Contrat, retard: Retard) -> list[str]:
    if not retard.manquantes:
        return []
    pas = "pas encore" if retard.relancee_le is None else "toujours pas"
    debut = f"Sauf erreur de notre part, nous n’avons {pas} reçu la réponse de la structure « {retard.repondant.nom} » pour :"
    morceaux = ["\n".join([debut, *_fiches_en_liste(contrat, retard.manquantes)])]
    if retard.limite and retard.jours:
        rappel = f", et nous vous avons écrit le {date_fr(retard.relancee_le)}" if retard.relancee_le else ""
        morceaux.append(f"Elle était attendue pour le {date_fr(retard.limite)}{rappel}.")
    elif retard.limite:
        morceaux.append(f"Elle est attendue pour le {date_fr(retard.limite)}.")
    return morceaux


def _ce_qui_est_a_reprendre(contrat: Contrat, retard: Retard) -> list[str]:
    morceaux = []
    if retard.rejetees:
        debut = "Ce que vous nous avez envoyé n’a pas pu être retenu (fichier illisible, ou classeur d’une autre année) pour :"
        morceaux.append("\n".join([debut, *_fiches_en_liste(contrat, retard.rejetees)]))
    if retard.en_double:
        debut = "Nous avons reçu plusieurs versions de votre réponse, et nous ne voulons pas choisir à votre place. Dites-nous laquelle garder pour :"
        morceaux.append("\n".join([debut, *_fiches_en_liste(contrat, retard.en_double)]))
    return morceaux


def _fiches_en_liste(contrat: Contrat, reponses: Sequence[ReponseAttendue]) -> list[str]:
    return [f"  • fiche {fiche}, {contrat.par_fiche[fiche].titre}" + (f" (volet « {volet} »)" if volet else "") for fiche, volet in reponses]


def _fiches_en_ligne(reponses: Sequence[ReponseAttendue]) -> str:
    numeros = list(dict.fromkeys(fiche for fiche, _ in reponses))
    return f"la fiche {numeros[0]}" if len(numeros) == 1 else f"les fiches {', '.join(numeros[:-1])} et {numeros[-1]}"
