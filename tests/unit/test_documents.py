"""The annual report and the slides: what they say is what the tables say, and nothing leaves that must not."""

import io
import subprocess
import sys
import zipfile
from dataclasses import replace

import docx
import pptx
import pytest
from docx.oxml.ns import qn
from pptx.util import Pt

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.documents import written_documents
from cls_workbook.documents.same_package import repacked
from cls_workbook.documents.slides_file import LEAST_POINTS
from cls_workbook.errors import Refusal
from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.workbook import writer
from tests.support.result_headers import frame
from tests.support.written_result import CONTRAT, result

DONE_TEXT = "Douze permanences tenues à Fleury."


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """(consolidation, definition) of a small campaign worked out by hand, in which a porteur wrote what was done."""
    folder = tmp_path_factory.mktemp("documents")
    place = ("asso-secret.xlsx", "FA 1.1", "C69")
    reponses = result().tables.reponses
    said = frame("Réponses", (2025, "1.1", "Association", None, "qualitatif", "realisations", None, DONE_TEXT, *place))
    with_text = type(reponses)([*reponses.to_dict("records"), *said.to_dict("records")], dtype=object)
    writer.write(workbook(result(reponses=with_text)), folder / "C.xlsx")
    (folder / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    return folder / "C.xlsx", folder / "essai.toml"


@pytest.fixture(scope="module")
def bilan(files, tmp_path_factory):
    consolidation, definition = files
    return written_documents.write_bilan(consolidation, tmp_path_factory.mktemp("b") / "bilan.docx", definition)


@pytest.fixture(scope="module")
def slides(files, tmp_path_factory):
    consolidation, definition = files
    path = tmp_path_factory.mktemp("p") / "copil.pptx"
    return pptx.Presentation(written_documents.write_presentation(consolidation, path, definition))


@pytest.fixture(scope="module")
def opened(bilan):
    return docx.Document(bilan)


def table_of(document, caption):
    """The rows of the table that this caption stands above, texts only."""
    following = False
    for block in document.iter_inner_content():
        if isinstance(block, docx.table.Table):
            if following:
                return [[cell.text for cell in row.cells] for row in block.rows]
        else:
            following = block.style.name == "Caption" and caption in block.text
    raise AssertionError(f"no table « {caption} »")


def all_text(document):
    return "\n".join(node.text or "" for node in document.element.body.iter(qn("w:t")))


def slide_texts(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield from ((slide, run) for p in shape.text_frame.paragraphs for run in p.runs)
            elif shape.has_table:
                yield from (
                    (slide, run)
                    for row in shape.table.rows
                    for cell in row.cells
                    for p in cell.text_frame.paragraphs
                    for run in p.runs
                )


# --- The report -------------------------------------------------------------------------------------------------------


def test_the_report_follows_the_four_points_that_a_contract_asks_for(opened):
    chapters = [p.text for p in opened.paragraphs if p.style.name == "Heading 1"]
    assert chapters == [
        "Sommaire",
        "L’essentiel",
        "Le bilan de l’année 2025",
        "L’évaluation par les indicateurs du contrat",
        "Les perspectives 2026",
        "Les avenants et les décisions demandées",
        "Les réserves sur les chiffres",
        "La méthode",
    ]
    fiches = [p.text for p in opened.paragraphs if p.style.name == "Heading 3"]
    assert fiches == ["Fiche 1.1 — Consulter près de chez soi", "Fiche 1.2 — Prévenir", "Fiche 2.1 — Animer le contrat"]


def test_the_measures_of_a_fiche_are_those_of_the_table(opened):
    header, *rows = table_of(opened, "Les mesures de la fiche 1.1")
    assert header == ["Mesure", "Valeur initiale", "2024", "2025"]  # no measure has a target: no column of targets
    cells = {row[0].split(" (")[0].split(" [")[0]: row[1:] for row in rows}
    assert cells["Consultations"] == ["100", "120", "150"]
    assert cells["Adhésion"] == ["", "", "75,0\u00a0%"]
    assert cells["Séances"] == ["5", "", ""]


def test_a_small_count_is_masked_as_in_the_synthese(opened):
    """7 patients, for a threshold of 10: neither the 7 nor last year's 15, from which it could be told."""
    _, *rows = table_of(opened, "Les mesures de la fiche 1.1")
    (patients,) = (row for row in rows if row[0].startswith("Patients"))
    assert patients[3] == "masqué" and "7" not in patients


def test_the_money_of_the_fiches_and_of_the_maquette(opened):
    header, *rows = table_of(opened, "L’argent de chaque fiche en 2025")
    assert header == ["N°", "Fiche", "Contrat", "Engagé", "Versé", "Coût réalisé", "Reste à engager"]
    amounts = ["20\u00a0000\u00a0€", "3\u00a0000,50\u00a0€", "1\u00a0500,25\u00a0€"]
    assert rows[0] == ["1.1", "Consulter près de chez soi", *amounts, "6\u00a0000\u00a0€", "16\u00a0999,50\u00a0€"]
    assert rows[1] == ["2.1", "Animer le contrat", "", "", "", "52\u00a0000\u00a0€", ""]
    # What the maquette has left: 20 000 less the 3 000,50 engaged, no earlier year being known.
    assert rows[-1][1:5] == ["Maquette de l’Agence", *amounts]


def test_what_was_done_stands_under_its_fiche(opened):
    texts = [p.text for p in opened.paragraphs]
    start = texts.index("Fiche 1.1 — Consulter près de chez soi")
    end = texts.index("Fiche 1.2 — Prévenir")
    assert f"Association\u00a0: {DONE_TEXT}" in texts[start:end]


def test_what_designates_a_person_does_not_leave(opened, slides):
    said = all_text(opened) + "\n".join(run.text for _, run in slide_texts(slides))
    assert "[donnée personnelle retirée]" in said
    for secret in ("03 80 12 34 56", "03\u00a080", "asso-secret", "contact@asso.example"):
        assert secret not in said


def test_every_table_has_a_caption_a_header_that_repeats_and_a_description(opened):
    captions = [p.text for p in opened.paragraphs if p.style.name == "Caption" and p.text.startswith("Tableau")]
    assert len(captions) == len(opened.tables) > 5
    for table in opened.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))


def test_captions_are_numbered_without_a_gap(opened):
    captions = [p.text for p in opened.paragraphs if p.style.name == "Caption"]
    tables = [c.split(" — ")[0] for c in captions if c.startswith("Tableau")]
    assert tables == [f"Tableau\u00a0{n}" for n in range(1, len(tables) + 1)]


def test_the_contents_lead_to_every_chapter(opened):
    marks = {m.get(qn("w:name")) for m in opened.element.iter(qn("w:bookmarkStart"))}
    links = [
        (h.get(qn("w:anchor")), "".join(t.text for t in h.iter(qn("w:t"))))
        for h in opened.element.iter(qn("w:hyperlink"))
    ]
    chapters = [p.text for p in opened.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    assert [texte for _, texte in links] == chapters
    assert {mark for mark, _ in links} <= marks


def test_the_chart_is_native_has_its_figures_inside_and_is_described(bilan, opened):
    with zipfile.ZipFile(bilan) as package:
        assert "word/charts/chart1.xml" in package.namelist()
        assert zipfile.is_zipfile(io.BytesIO(package.read("word/embeddings/figures1.xlsx")))
    (properties,) = opened.element.iter(qn("wp:docPr"))
    assert properties.get("descr").startswith("Barres empilées")
    # 1.1 in progress, 1.2 put off, 2.1 without an answer to the question, and one action announced.
    assert "1 en cours\u00a0; 1 reportée\u00a0; 1 sans retour\u00a0; 1 à programmer" in properties.get("descr")


def test_each_page_but_the_cover_says_its_number(opened):
    (section,) = opened.sections
    fields = [f.text.strip() for f in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"] and section.different_first_page_header_footer


def test_two_runs_give_the_same_bytes(files, bilan, tmp_path):
    consolidation, definition = files
    again = written_documents.write_bilan(consolidation, tmp_path / "again.docx", definition)
    assert again.read_bytes() == bilan.read_bytes()
    first, second = (
        written_documents.write_presentation(consolidation, tmp_path / f"{n}.pptx", definition) for n in "ab"
    )
    assert first.read_bytes() == second.read_bytes()


# --- The slides -------------------------------------------------------------------------------------------------------


def test_no_text_of_a_slide_is_under_sixteen_points(slides):
    sizes = {run.font.size for _, run in slide_texts(slides)}
    assert None not in sizes and min(sizes) >= Pt(LEAST_POINTS)


def test_every_slide_but_the_cover_has_a_title_and_says_where_its_figures_come_from(slides):
    _, *others = slides.slides
    assert len(others) >= 7
    for slide in others:
        assert slide.shapes.title.text_frame.text
        assert "Source des chiffres" in slide.notes_slide.notes_text_frame.text


def test_nothing_hangs_over_the_edge_of_a_slide(slides):
    for slide in slides.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= slides.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= slides.slide_height


def test_each_fiche_has_its_word_on_the_programme(slides):
    (table,) = (
        shape.table
        for slide in slides.slides
        for shape in slide.shapes
        if shape.has_table and slide.shapes.title.text_frame.text.startswith("Le programme")
    )
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[1:] == [
        ["1.1", "Consulter près de chez soi", "Totale"],
        ["1.2", "Prévenir", "Reportée"],
        ["2.1", "Animer le contrat", "sans retour"],
    ]


def test_charts_of_slides_are_described_and_can_be_edited(slides):
    charts = [shape for slide in slides.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 2
    for shape in charts:
        assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
        assert shape.chart.part.chart_workbook.xlsx_part is not None
    money = charts[1].chart
    assert [(s.name, list(s.values)) for s in money.plots[0].series] == [
        ("Contrat", [20000.0]),
        ("Engagé", [3000.5]),
        ("Versé", [1500.25]),
    ]


# --- A template of one's own, what cannot be done ---------------------------------------------------------------------


@pytest.mark.parametrize("extension", ["docx", "dotx"])
def test_the_letterhead_of_a_template_stays(files, tmp_path, extension):
    consolidation, definition = files
    model = docx.Document()
    model.sections[0].header.paragraphs[0].text = "Pays d’essai, service santé"
    model.styles["Heading 1"].font.size = Pt(33)
    model.save(tmp_path / "m.docx")
    if extension == "dotx":
        as_template(tmp_path / "m.docx", tmp_path / "m.dotx")
    written_documents.write_bilan(consolidation, tmp_path / "B.docx", definition, tmp_path / f"m.{extension}")
    made = docx.Document(tmp_path / "B.docx")
    assert made.sections[0].header.paragraphs[0].text == "Pays d’essai, service santé"
    assert made.styles["Heading 1"].font.size == Pt(33)
    assert any(p.text == "La méthode" for p in made.paragraphs)


def as_template(document, template):
    with zipfile.ZipFile(document) as source, zipfile.ZipFile(template, "w") as target:
        for nom in source.namelist():
            content = source.read(nom)
            if nom == "[Content_Types].xml":
                content = content.replace(b"document.main+xml", b"template.main+xml")
            target.writestr(nom, content)


def test_slides_of_a_template_stay_before_ours(files, tmp_path):
    consolidation, definition = files
    model = pptx.Presentation()
    model.slides.add_slide(model.slide_layouts[5]).shapes.title.text = "Bienvenue"
    model.save(tmp_path / "m.pptx")
    path = written_documents.write_presentation(consolidation, tmp_path / "P.pptx", definition, tmp_path / "m.pptx")
    made = pptx.Presentation(path)
    titles = [slide.shapes.title.text_frame.text for slide in made.slides]
    assert titles[:3] == ["Bienvenue", "Essai", "Où en est-on en 2025\u00a0?"]
    assert made.slide_width == model.slide_width


@pytest.mark.parametrize("content", [None, b"ceci n\xe2\x80\x99est pas un document", b""])
def test_a_template_that_is_none_is_refused_and_nothing_is_written(files, tmp_path, content):
    consolidation, definition = files
    if content is not None:
        (tmp_path / "m.docx").write_bytes(content)
    for write, nom in ((written_documents.write_bilan, "B.docx"), (written_documents.write_presentation, "P.pptx")):
        with pytest.raises(Refusal, match="Le modèle"):
            write(consolidation, tmp_path / nom, definition, tmp_path / "m.docx")
        assert not (tmp_path / nom).exists()


def test_a_workbook_taken_for_a_template_is_refused(files, tmp_path):
    consolidation, definition = files
    with pytest.raises(Refusal, match="n’est pas un document Word"):
        written_documents.write_bilan(consolidation, tmp_path / "B.docx", definition, consolidation)
    with pytest.raises(Refusal, match="n’est pas une présentation PowerPoint"):
        written_documents.write_presentation(consolidation, tmp_path / "P.pptx", definition, consolidation)


def test_without_the_libraries_one_sentence_says_what_to_install(files, tmp_path):
    consolidation, definition = files
    programme = (
        "import sys; sys.modules['docx'] = sys.modules['pptx'] = None\n"
        "from cls_workbook.cli.commands import main\nsys.exit(main(sys.argv[1:]))"
    )
    for command, nom in (("bilan", "B.docx"), ("presentation", "P.pptx")):
        asked = [command, str(consolidation), "--contrat", str(definition), "--sortie", str(tmp_path / nom)]
        done = subprocess.run([sys.executable, "-c", programme, *asked], capture_output=True, text=True)
        assert done.returncode == 2 and "pip install cls-workbook[documents]" in done.stderr
        assert not (tmp_path / nom).exists()


def test_the_name_of_the_file_agrees_with_the_format(files, tmp_path, capsys):
    consolidation, definition = files
    asked = ["bilan", str(consolidation), "--contrat", str(definition)]
    assert main([*asked, "--sortie", str(tmp_path / "B.docx"), "--format", "odt"]) == 2
    assert ".odt" in capsys.readouterr().err
    assert main([*asked, "--sortie", str(tmp_path / "B.docx")]) == 0


# --- Years and contracts of every size --------------------------------------------------------------------------------


def empty_year():
    """Nobody answered and nothing is known of the money."""
    whole = result()
    none = {
        nom: getattr(whole.tables, nom).iloc[:0] for nom in ("indicateurs", "reponses", "par_fiche", "par_financeur")
    }
    summaries = {
        nom: getattr(whole.summaries, nom).iloc[:0]
        for nom in ("avancement", "gouvernance", "territoire", "totaux", "taux")
    }
    return replace(
        whole,
        tables=replace(whole.tables, **none, retours=whole.tables.retours.assign(Statut="manquant")),
        summaries=replace(whole.summaries, **summaries),
        anomalies=(),
    )


def year_without_money():
    """All answered; nobody says a word of money."""
    whole = result()
    money = {nom: getattr(whole.tables, nom).iloc[:0] for nom in ("financements", "par_fiche", "par_financeur")}
    summaries = {nom: getattr(whole.summaries, nom).iloc[:0] for nom in ("totaux", "taux")}
    return replace(
        whole, tables=replace(whole.tables, **money), summaries=replace(whole.summaries, **summaries), anomalies=()
    )


def large_contrat():
    """Sixty fiches whose titles have two hundred characters."""
    contrat = toml_reader.parse(CONTRAT, "essai")
    titre = ("Développer l’accès de toutes et tous à la prévention, aux soins et aux droits, " * 3)[:200]
    fiches = [replace(contrat.fiches[1], numero=f"1.{n}", titre=titre, indicateurs=()) for n in range(3, 61)]
    return replace(contrat, fiches=(*contrat.fiches, *fiches))


@pytest.mark.parametrize(
    "made",
    [empty_year(), year_without_money(), result(contrat=large_contrat())],
    ids=["empty", "no money", "sixty fiches"],
)
def test_an_empty_year_and_sixty_long_titles_make_documents_that_hold(made):
    from cls_workbook.documents import bilan_content, presentation_content, slides_file, word_file
    from cls_workbook.reports.synthese.synthese_portrait import Portrait

    report = word_file.WordFile("Bilan", "Essai", made.day)
    report.add(bilan_content.bilan(Portrait(made)))
    document = docx.Document(io.BytesIO(repacked(report.to_bytes())))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 3"]
    assert len(headings) == len(made.contrat.fiches)
    deck = slides_file.SlidesFile("Essai", made.day)
    deck.add(presentation_content.presentation(Portrait(made)))
    shown = pptx.Presentation(io.BytesIO(deck.to_bytes()))
    test_nothing_hangs_over_the_edge_of_a_slide(shown)
    test_no_text_of_a_slide_is_under_sixteen_points(shown)
