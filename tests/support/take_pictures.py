"""Makes again the pictures of the README and of the guides, from the demo, as LibreOffice prints them.

    python -m tests.support.take_pictures

Needs LibreOffice and pdftoppm.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from cls_workbook import demo
from cls_workbook.cli.commands import main as command
from cls_workbook.documents.written_documents import write_bilan, write_presentation
from cls_workbook.pipeline.statement_files import write_statements
from cls_workbook.reports.agency.libreoffice_conversion import converted
from tests.support import small_comptes_rendus
from tests.support.dropped_returns import drop_retour
from tests.support.libreoffice import LibreOffice

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WHOLE, SLIDE, TOP = ("-r", "75"), ("-r", "50"), ("-r", "110", "-x", "10", "-y", "15", "-W", "1270", "-H", "420")
# What a laptop of 1366 × 768 pixels shows of the cells at 100 %, the spreadsheet's own bars apart.
FIRST_SCREEN = ("-r", "96", "-x", "0", "-y", "0", "-W", "1320", "-H", "480")
# picture → (file of the demo, sheet)
SCREENS = {
    "ecran-sommaire": (f"{demo.RETOURS}/dijon-2024-2028-2025-dijon-metropole.xlsx", "Sommaire"),
    "ecran-fiche": (f"{demo.RETOURS}/dijon-2024-2028-2025-dijon-metropole.xlsx", "FA 1.1"),
    "ecran-territoires": (f"{demo.RETOURS}/dijon-2024-2028-2025-dijon-metropole.xlsx", "Territoires"),
    "ecran-retours": ("consolidation-2025.xlsx", "Retours par structure"),
    "ecran-anomalies": ("consolidation-2025.xlsx", "Anomalies"),
    "ecran-synthese": ("consolidation-2025.xlsx", "Synthèse"),
    "ecran-evolution": ("consolidation-2025.xlsx", "Évolution"),
    "ecran-suivi": ("pilotage-2025.xlsx", "Suivi"),
    "ecran-decisions": ("pilotage-2025.xlsx", "Décisions"),
    "ecran-copie-annotee": ("annotes/dijon-2024-2028-2025-apo-annote.xlsx", "Anomalies"),
    "ecran-region": ("region.xlsx", "Région"),
    "ecran-description": ("description.xlsx", "Fiches"),
}
# picture → (file of the demo, a word that only its page shows ("": the first page), how much of the page)
SHOTS = {
    "fiche": (f"{demo.WORKBOOKS}/dijon-2024-2028-2025-centres-soins-infirmiers.xlsx", "État de l’action", WHOLE),
    "sommaire": (f"{demo.RETOURS}/dijon-2024-2028-2025-dijon-metropole.xlsx", "Renseigné", WHOLE),
    "anomalies": ("consolidation-2025.xlsx", "Gravité", TOP),
    "retours-par-structure": ("consolidation-2025.xlsx", "Où en est-on", WHOLE),
    "evolution": ("consolidation-2025.xlsx", "Évolution 2025", WHOLE),
    "suivi": ("pilotage-2025.xlsx", "Suivi des retours", WHOLE),
    "decisions": ("pilotage-2025.xlsx", "Décisions du COPIL", WHOLE),
    "copie-annotee": ("annotes/dijon-2024-2028-2025-apo-annote.xlsx", "", WHOLE),
    "region": ("region.xlsx", "", WHOLE),
    "description": ("description.xlsx", "", WHOLE),
    "synthese": ("synthese-ars-2025.xlsx", "Décisions attendues", WHOLE),
    "bilan": ("bilan-2025.docx", "Graphique", WHOLE),
    "presentation": ("copil-2025.pptx", "fiche par fiche", SLIDE),
    "compte-rendu": ("comptes-rendus/compte-rendu-2025-asso-1-1.xlsx", "Tableau de synthèse", WHOLE),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        annee = Path(work) / "demo"
        demo.play(annee)
        write_bilan(annee / "consolidation-2025.xlsx", annee / "bilan-2025.docx")
        write_presentation(annee / "consolidation-2025.xlsx", annee / "copil-2025.pptx")
        _comptes_rendus(annee)
        _others(annee)
        for nom, (file, word, framing) in SHOTS.items():
            pdf = Path(work) / f"{Path(file).stem}.pdf"
            if not pdf.exists():
                pdf.write_bytes(converted((annee / file).read_bytes(), Path(file).suffix[1:], "pdf"))
            page = str(_page_of(pdf, word))
            subprocess.run(
                ["pdftoppm", *framing, "-f", page, "-l", page, "-png", "-singlefile", str(pdf), str(Path(work) / nom)],
                check=True,
            )
            shutil.copy(Path(work) / f"{nom}.png", FOLDER / f"{nom}.png")
            print(FOLDER / f"{nom}.png")
        _screens(annee, Path(work))


def _screens(folder: Path, work: Path) -> None:
    (work / "screens").mkdir()
    with LibreOffice(work / "screens") as libreoffice:
        for nom, (file, sheet) in SCREENS.items():
            with libreoffice.open(folder / file) as document:
                libreoffice.ask("screen", document=document.number, sheet=sheet, file=str(work / "screen.pdf"))
            picture = ["-png", "-singlefile", str(work / "screen.pdf"), str(FOLDER / nom)]
            subprocess.run(["pdftoppm", *FIRST_SCREEN, "-f", "1", "-l", "1", *picture], check=True)
            print(FOLDER / f"{nom}.png")


def _comptes_rendus(folder: Path) -> None:
    """Those of the return worked out by hand."""
    (folder / "subventions").mkdir()
    contrat = small_comptes_rendus.contrat(folder)
    drop_retour(folder / "subventions", contrat, "asso", small_comptes_rendus.ANSWERS)
    reference = str(folder / "subventions.toml")
    write_statements([str(folder / "subventions")], reference, 2025, folder / "comptes-rendus")


def _others(folder: Path) -> None:
    """An annotated copy, an agency's workbook, a contract as it is described."""
    retour, synthese = folder / demo.RETOURS / "dijon-2024-2028-2025-apo.xlsx", folder / "synthese-ars-2025.xlsx"
    command(["controler", str(retour), "--annoter", str(folder / "annotes")])
    command(["region", str(synthese), "--sortie", str(folder / "region.xlsx")])
    described = str(folder / "description.xlsx")
    command(["contrat", "modele", "--contrat", "dijon-2024-2028", "--sortie", described])


def _page_of(pdf: Path, word: str) -> int:
    """First page that shows a word."""
    texts = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout.split("\f")
    return next(n for n, texte in enumerate(texts, 1) if word in texte)


if __name__ == "__main__":
    main()
