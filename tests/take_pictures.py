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

DOSSIER = Path(__file__).parent / "pictures"
# picture → (file of the demo, page of its PDF)
PRISES = {
    "fiche": (f"{demo.CLASSEURS}/dijon-2024-2028-2025-centres-soins-infirmiers.xlsx", 4),
    "sommaire": ("2-retours-recus/dijon-2024-2028-2025-ville-dijon.xlsx", 3),
    "anomalies": ("consolidation-2025.xlsx", None),
    "synthese": ("synthese-ars-2025.xlsx", 1),
}


def main() -> None:
    DOSSIER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as travail:
        annee = Path(travail) / "demo"
        demo.jouer(annee)
        for nom, (fichier, page) in PRISES.items():
            subprocess.run(
                ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{travail}/profil", "--convert-to", "pdf", "--outdir", travail, str(annee / fichier)],
                check=True, capture_output=True, timeout=180,
            )  # fmt: skip
            pdf = Path(travail) / Path(fichier).with_suffix(".pdf").name
            numero = page or _page_de(pdf, "Gravité")
            subprocess.run(["pdftoppm", "-r", "70", "-f", str(numero), "-l", str(numero), "-png", "-singlefile", str(pdf), str(Path(travail) / nom)], check=True)
            shutil.copy(Path(travail) / f"{nom}.png", DOSSIER / f"{nom}.png")
            print(DOSSIER / f"{nom}.png")


def _page_de(pdf: Path, mot: str) -> int:
    """First page that shows a word."""
    textes = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout.split("\f")
    return next(n for n, texte in enumerate(textes, 1) if mot in texte)


if __name__ == "__main__":
    main()
