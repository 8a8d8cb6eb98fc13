"""Makes again the pictures of the README, from the demo, as LibreOffice prints them.

    python tests/take_pictures.py

Needs LibreOffice and pdftoppm.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from cls_workbook import demo
from cls_workbook.results.pdf import en_pdf

DOSSIER = Path(__file__).parent / "pictures"
ENTIERE, DETAIL = ("-r", "75"), ("-r", "230", "-x", "100", "-y", "100", "-W", "1500", "-H", "420")
# picture → (file of the demo, a word that only its page shows, how much of the page)
PRISES = {
    "fiche": (f"{demo.CLASSEURS}/dijon-2024-2028-2025-centres-soins-infirmiers.xlsx", "Ce que dit le contrat", ENTIERE),
    "sommaire": (f"{demo.RETOURS}/dijon-2024-2028-2025-dijon-metropole.xlsx", "Renseigné", ENTIERE),
    "anomalies": ("consolidation-2025.xlsx", "Gravité", DETAIL),
    "synthese": ("synthese-ars-2025.xlsx", "en chiffres", ENTIERE),
}


def main() -> None:
    DOSSIER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as travail:
        annee = Path(travail) / "demo"
        demo.jouer(annee)
        for nom, (fichier, mot, cadrage) in PRISES.items():
            pdf = Path(travail) / f"{nom}.pdf"
            pdf.write_bytes(en_pdf((annee / fichier).read_bytes()))
            page = str(_page_de(pdf, mot))
            subprocess.run(["pdftoppm", *cadrage, "-f", page, "-l", page, "-png", "-singlefile", str(pdf), str(Path(travail) / nom)], check=True)
            shutil.copy(Path(travail) / f"{nom}.png", DOSSIER / f"{nom}.png")
            print(DOSSIER / f"{nom}.png")


def _page_de(pdf: Path, mot: str) -> int:
    """First page that shows a word."""
    textes = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout.split("\f")
    return next(n for n, texte in enumerate(textes, 1) if mot in texte)


if __name__ == "__main__":
    main()
