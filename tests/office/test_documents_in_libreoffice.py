"""The report and the slides as LibreOffice opens and prints them."""

import shutil
import subprocess
import zipfile

import pytest

from cls_workbook.cli.commands import main
from cls_workbook.reports.agency import libreoffice_conversion
from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.workbook import writer
from tests.support.written_result import CONTRAT, result


@pytest.fixture(scope="module")
def arguments(tmp_path_factory, libreoffice):
    folder = tmp_path_factory.mktemp("documents")
    writer.write(workbook(result()), folder / "C.xlsx")
    (folder / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    return folder, [str(folder / "C.xlsx"), "--contrat", str(folder / "essai.toml")]


def printed(content, kind, folder):
    """The text of each printed page."""
    (folder / "imprime.pdf").write_bytes(libreoffice_conversion.converted(content, kind, "pdf"))
    told = subprocess.run(["pdftotext", "-layout", folder / "imprime.pdf", "-"], capture_output=True, check=True)
    return told.stdout.decode().split("\f")[:-1]


def plain(page):
    return " ".join(page.split())


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_report_in_odt_prints_its_tables_and_numbers_its_pages(arguments, tmp_path):
    _, asked = arguments
    assert main(["bilan", *asked, "--sortie", str(tmp_path / "B.odt"), "--format", "odt"]) == 0
    with zipfile.ZipFile(tmp_path / "B.odt") as package:
        assert package.read("mimetype") == b"application/vnd.oasis.opendocument.text"
    cover, *others = printed((tmp_path / "B.odt").read_bytes(), "odt", tmp_path)
    assert "Bilan annuel 2025" in cover and "page 1 sur" not in cover
    for rank, page in enumerate(others, 2):
        assert f"page {rank} sur {len(others) + 1}" in page
    assert any("3 000,50 €" in page and "Consulter près de" in page for page in map(plain, others))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_each_slide_prints_on_its_page_with_its_title(arguments, tmp_path):
    _, asked = arguments
    assert main(["presentation", *asked, "--sortie", str(tmp_path / "P.pptx")]) == 0
    pages = printed((tmp_path / "P.pptx").read_bytes(), "pptx", tmp_path)
    with zipfile.ZipFile(tmp_path / "P.pptx") as package:
        slides = [nom for nom in package.namelist() if nom.startswith("ppt/slides/slide")]
    assert len(pages) == len(slides)
    assert "Essai" in pages[0] and "Où en est-on en 2025" in pages[1]
    assert any("Versé" in page and "L’argent en 2025" in page for page in pages)
