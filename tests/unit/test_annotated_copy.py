"""The annotated copy of a return: what it adds, what it keeps, and that it reads clean once corrected."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple

from cls_workbook.cli.commands import main
from cls_workbook.office.annotation import anomaly_list_sheet
from cls_workbook.pipeline import single_returns
from tests.support.annotated_copies import FAULTS, annotate, blank, correct, faulty, filled, read_back, refused_ones
from tests.support.small_workbook import DEFINITION, cell, modified, places
from tests.support.xlsx_lint import lint

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(scope="module")
def contrat(tmp_path_factory):
    """The small contract, as a definition that does not ship."""
    file = tmp_path_factory.mktemp("contrat") / "essai.toml"
    file.write_text(DEFINITION, encoding="utf-8")
    return str(file)


def parts(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


# --- what is added --------------------------------------------------------------------------------------------------


def test_every_faulty_cell_is_coloured_and_commented(contrat, tmp_path):
    anomalies, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    opened_book, before = openpyxl.load_workbook(file_copy), openpyxl.load_workbook(tmp_path / "retour.xlsx")
    named = {(a.sheet, c) for a in anomalies for c in a.cells}
    assert ("FA 1.1", cell("1.1/mesures/1.1-I01/valeur")) in named
    for sheet, address in named:
        there, there_before = opened_book[sheet][address], before[sheet][address]
        assert there.fill.fgColor.rgb != there_before.fill.fgColor.rgb
        assert "À faire" in there.comment.text
        assert (there.value, there.number_format, there.protection.locked, there.border.left.style) == (
            there_before.value,
            there_before.number_format,
            there_before.protection.locked,
            there_before.border.left.style,
        )
    coloured = {(f.title, c.coordinate) for f in opened_book for line in f.iter_rows() for c in line if c.comment}
    assert coloured == named


def test_a_comment_says_what_was_found_what_is_expected_and_what_to_do(contrat, tmp_path):
    _, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    texte = openpyxl.load_workbook(file_copy)["FA 1.1"][cell("1.1/mesures/1.1-I01/valeur")].comment.text.replace(
        "\u00a0", " "
    )
    assert "BLOQUANT" in texte and "Trouvé : « env. 30 »" in texte and "Attendu :" in texte and "À faire :" in texte


def test_the_first_sheet_lists_every_anomaly_with_a_link_to_its_cell(contrat, tmp_path):
    anomalies, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    opened_book = openpyxl.load_workbook(file_copy)
    listing = opened_book.worksheets[0]
    assert (opened_book.active.title, listing.title, listing.sheet_state) == ("Anomalies", "Anomalies", "visible")
    assert [f.title for f in opened_book if f.sheet_view.tabSelected] == ["Anomalies"]
    links = {c.hyperlink.location for line in listing.iter_rows() for c in line if c.hyperlink}
    assert {f"'{a.sheet}'!{a.cells[0]}" for a in anomalies if a.cells} == links
    hits = [str(line[6].value) for line in listing.iter_rows() if isinstance(line[1].value, int)]
    assert len(hits) == len(anomalies)
    assert listing.column_dimensions["A"].hidden and listing["A1"].value.startswith("§annotations/")


def listed(file_copy: Path) -> list[tuple]:
    """(sheet, cells, found, expected, what to do) of each row of the list, no-break spaces as plain ones."""
    rows = openpyxl.load_workbook(file_copy).worksheets[0].iter_rows(values_only=True)
    rows = [[str(v).replace("\u00a0", " ") for v in row] for row in rows if isinstance(row[1], int)]
    return [(row[3], row[4], *row[6:9]) for row in rows]


def test_the_list_goes_down_the_sheets_in_order(contrat, tmp_path):
    _, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    where = [(sheet, coordinate_to_tuple(cells.split(",")[0].split(":")[0])) for sheet, cells, *_ in listed(file_copy)]
    assert len(where) == 3 and where == sorted(where)


def test_to_send_the_workbook_back_is_said_once(contrat, tmp_path):
    anomalies, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    assert any("renvoyez" in a.remedy for a in anomalies)
    assert not any("renvoyez" in remedy for *_, remedy in listed(file_copy))
    opened_book = openpyxl.load_workbook(file_copy)
    texts = [str(c.value) for row in opened_book.worksheets[0].iter_rows() for c in row]
    assert sum("renvoyez" in texte for texte in texts) == 1
    comments = [c.comment.text for f in opened_book for row in f.iter_rows() for c in row if c.comment]
    assert comments and not any("renvoyez" in texte for texte in comments)


def test_what_was_understood_otherwise_is_told_to_the_partner(contrat, tmp_path):
    cle = "1.1/mesures/1.1-I01/valeur"
    _, file_copy, _ = annotate(contrat, faulty(tmp_path, **{cle: "8 personnes"}), tmp_path / "copies")
    (told,) = [row for row in listed(file_copy) if row[2] == "« 8 personnes »"]
    assert told == (
        "FA 1.1",
        cell(cle),
        "« 8 personnes »",
        "compris : 8",
        "Rien, si c’est bien cela ; sinon, corrigez la case.",
    )
    assert openpyxl.load_workbook(file_copy)["FA 1.1"][cell(cle)].comment is None  # nothing to do there


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (("D14",), ["D14"]),
        (("D14", "D15", "D16", "F16"), ["D14:D16", "F16"]),
        (("D14", "E14", "E15"), ["D14:E14", "E15"]),
        (("D14", "D16"), ["D14", "D16"]),
    ],
)
def test_cells_side_by_side_are_cited_as_one(cells, shown):
    assert anomaly_list_sheet.side_by_side(cells) == shown


def test_the_copy_has_no_fault_that_a_spreadsheet_would_repair(contrat, tmp_path):
    _, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    assert lint(file_copy) == []


def test_parts_that_are_added_are_found_from_where_they_are_cited(contrat, tmp_path):
    """An address from the root of the archive is lawful; some programs find nothing there."""

    def targets(file: Path) -> set[str]:
        rels = (content.decode() for name, content in parts(file).items() if name.endswith(".rels"))
        return {target for content in rels for target in re.findall(r'Target="([^"]*)"', content)}

    retour = faulty(tmp_path)
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    added = targets(file_copy) - targets(retour)
    assert "../comments1.xml" in added and len(added) >= 3
    assert not [target for target in added if target.startswith("/")]


def test_what_a_partner_typed_never_becomes_a_formula(contrat, tmp_path):
    poison = '=HYPERLINK("http://exemple.invalid";"clic")'
    retour = filled(tmp_path, FAULTS, "ville")

    def poison_it(opened_book):
        box = opened_book["FA 1.1"][cell("1.1/mesures/1.1-I01/valeur")]
        box.value, box.data_type = poison, "s"

    _, file_copy, _ = annotate(contrat, modified(retour, poison_it), tmp_path / "copies")
    listing = openpyxl.load_workbook(file_copy).worksheets[0]
    assert any("HYPERLINK" in str(c.value) for line in listing.iter_rows() for c in line)
    assert not [c for line in listing.iter_rows() for c in line if c.data_type == "f"]


def test_a_long_answer_prints_whole_in_the_copy(contrat, tmp_path):
    long = "Les partenaires se sont réunis chaque trimestre pour faire le point sur l’action. " * 12
    answers = {"1.1/qualitatif/realisations": long, "1.1/qualitatif/freins": "Aucun.", "1.1/qualitatif/leviers": long}
    lines = {cle: coordinate_to_tuple(places("ville")[cle].cell)[0] for cle in answers}
    retour = faulty(tmp_path, **answers)
    modified(
        retour, lambda book: setattr(book["FA 1.1"].row_dimensions[lines["1.1/qualitatif/leviers"]], "height", 300)
    )
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    before, after = (openpyxl.load_workbook(file)["FA 1.1"].row_dimensions for file in (retour, file_copy))
    grown, usual, by_hand = (after[line].height for line in lines.values())
    assert 7 * 12 <= grown < 9 * 14  # 984 characters, some 130 a line
    assert (usual, by_hand) == (before[lines["1.1/qualitatif/freins"]].height, 300)


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_nothing_else_of_the_archive_changes(contrat, tmp_path):
    """Byte for byte, but for the sheets annotated, the styles, and what lists the sheets."""
    retour = faulty(tmp_path)
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    before, after = parts(retour), parts(file_copy)
    changed = {n for n in before if before[n] != after[n]}
    opened_book = openpyxl.load_workbook(retour)
    annotated_parts = {f"xl/worksheets/sheet{opened_book.sheetnames.index(f) + 1}.xml" for f in ("FA 1.1",)}
    selected = {n for n in before if b"tabSelected" in before[n]}
    assert changed <= annotated_parts | selected | {
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    }
    for n in annotated_parts:
        assert without_annotation(before[n]) == without_annotation(after[n])
    formats = [etree.fromstring(p["xl/styles.xml"]) for p in (before, after)]
    xfs = [[etree.tostring(x) for x in f.find(f"{{{S}}}cellXfs")] for f in formats]
    assert xfs[1][: len(xfs[0])] == xfs[0]


def test_the_names_of_tables_stay_with_their_sheets(contrat, tmp_path):
    """A sheet is put before all others: names cite theirs by rank."""
    retour = faulty(tmp_path)
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    before, after = openpyxl.load_workbook(retour), openpyxl.load_workbook(file_copy)
    assert before["FA 1.1"].defined_names
    for sheet in before:
        theirs = after[sheet.title].defined_names
        assert {n: d.attr_text for n, d in theirs.items()} == {n: d.attr_text for n, d in sheet.defined_names.items()}


def without_annotation(xml: bytes) -> bytes:
    """A sheet without the ranks of styles and what hangs its comments: all that annotating may change in it."""
    root = etree.fromstring(xml)
    for element in root.iter(f"{{{S}}}c"):
        element.attrib.pop("s", None)
    for element in [*root.iter(f"{{{S}}}legacyDrawing")]:
        element.getparent().remove(element)
    for view in root.iter(f"{{{S}}}sheetView"):
        view.attrib.pop("tabSelected", None)
    return etree.tostring(root, method="c14n")


def rewrite(file: Path, part: str, function) -> None:
    contents = parts(file)
    contents[part] = function(contents[part])
    with zipfile.ZipFile(file, "w") as archive:
        for n, c in contents.items():
            archive.writestr(n, c)


X14 = (
    b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    b'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    b'<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" '
    b'count="1"><x14:dataValidation type="list">'
    b"<x14:formula1><xm:f>Listes!$A$2:$A$5</xm:f></x14:formula1><xm:sqref>Z9</xm:sqref>"
    b"</x14:dataValidation></x14:dataValidations></ext></extLst>"
)


def test_drop_downs_as_excel_itself_saves_them_are_kept(contrat, tmp_path):
    """Excel writes a list that stands on another sheet as an extension, which openpyxl drops."""
    retour = faulty(tmp_path)
    rewrite(retour, "xl/worksheets/sheet3.xml", lambda xml: xml.replace(b"</worksheet>", X14 + b"</worksheet>"))
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    assert (
        b"<xm:f>Listes!$A$2:$A$5</xm:f></x14:formula1><xm:sqref>Z9</xm:sqref>"
        in parts(file_copy)["xl/worksheets/sheet3.xml"]
    )
    openpyxl.load_workbook(file_copy).save(tmp_path / "openpyxl.xlsx")
    assert (
        b"x14:dataValidation" not in parts(tmp_path / "openpyxl.xlsx")["xl/worksheets/sheet4.xml"]
    )  # why openpyxl was not chosen


def test_a_partner_s_picture_and_own_comment_are_kept(contrat, tmp_path):
    from openpyxl.comments import Comment

    retour = faulty(tmp_path)
    where = cell("1.1/mesures/1.1-I01/valeur")
    modified(
        retour,
        lambda opened_book: [
            setattr(opened_book["FA 1.1"][c], "comment", Comment(f"Ma note {c}", "Nous")) for c in (where, "B3")
        ],
    )
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    sheet = openpyxl.load_workbook(file_copy)["FA 1.1"]
    assert sheet["B3"].comment.text == "Ma note B3"
    assert sheet[where].comment.text.startswith(f"Ma note {where}") and "À faire" in sheet[where].comment.text
    _, second, _ = annotate(contrat, file_copy, tmp_path / "secondes")
    assert openpyxl.load_workbook(second)["FA 1.1"][where].comment.text.count("À faire") == sheet[
        where
    ].comment.text.count("À faire")


def test_the_macros_of_an_xlsm_are_kept_and_it_stays_an_xlsm(contrat, tmp_path):
    retour = faulty(tmp_path).rename(tmp_path / "retour.xlsm")
    rewrite(
        retour,
        "[Content_Types].xml",
        lambda x: x.replace(
            b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
        ).replace(
            b"</Types>",
            b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
        ),
    )
    rewrite(
        retour,
        "xl/_rels/workbook.xml.rels",
        lambda x: x.replace(
            b"</Relationships>",
            b'<Relationship Id="rIdVba" '
            b'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
            b'Target="vbaProject.bin"/></Relationships>',
        ),
    )
    with zipfile.ZipFile(retour, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 des macros")
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    assert file_copy.suffix == ".xlsm" and parts(file_copy)["xl/vbaProject.bin"] == b"\xd0\xcf\x11\xe0 des macros"
    assert read_back(contrat, file_copy) == read_back(contrat, retour)


# --- the way back ---------------------------------------------------------------------------------------------------


def test_the_copy_says_the_same_as_the_return(contrat, tmp_path):
    retour = faulty(tmp_path)
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    assert read_back(contrat, file_copy) == read_back(contrat, retour)


def test_the_copy_once_corrected_reads_clean(contrat, tmp_path):
    retour = faulty(tmp_path)
    anomalies, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    correct(contrat, file_copy, anomalies)
    witness = filled(
        tmp_path,
        FAULTS
        | {"1.1/mesures/1.1-I01/valeur": 30, "1.1/financement/01/engage": 1000, "1.1/financement/01/prevu": 12000},
        "ville",
        "temoin.xlsx",
    )
    assert refused_ones(read_back(contrat, retour)) and refused_ones(read_back(contrat, file_copy)) == []
    assert read_back(contrat, file_copy) == read_back(contrat, witness)


def test_annotating_again_replaces_the_annotations_and_gives_the_colours_back(contrat, tmp_path):
    retour = faulty(tmp_path)
    anomalies, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    correct(contrat, file_copy, anomalies)
    _, second, _ = annotate(contrat, file_copy, tmp_path / "secondes")
    opened_book, origin = openpyxl.load_workbook(second), openpyxl.load_workbook(retour)
    assert opened_book.sheetnames == ["Anomalies", *origin.sheetnames, "_annotations"]
    where = cell("1.1/mesures/1.1-I01/valeur")
    assert opened_book["FA 1.1"][where].comment is None
    assert opened_book["FA 1.1"][where].fill.fgColor.rgb == origin["FA 1.1"][where].fill.fgColor.rgb
    assert opened_book["FA 1.1"].print_title_rows == origin["FA 1.1"].print_title_rows
    assert lint(second) == []


# --- particular returns ---------------------------------------------------------------------------------------------


def test_an_unreadable_file_has_no_copy_and_it_is_said(contrat, tmp_path):
    (tmp_path / "casse.xlsx").write_bytes(b"PK\x03\x04 rien")
    anomalies, file_copy, lines = annotate(contrat, tmp_path / "casse.xlsx", tmp_path / "copies")
    assert [a.code for a in anomalies] == ["FICHIER_ILLISIBLE"] and file_copy is None
    assert "pas de copie" in lines[0] and not (tmp_path / "copies").exists()


def test_an_anomaly_on_the_whole_file_stands_in_the_list_without_a_link(contrat, tmp_path):
    retour = modified(faulty(tmp_path), lambda opened_book: opened_book.remove(opened_book["FA 2.1"]))
    anomalies, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    assert any(a.code == "CELLULE_INTROUVABLE" and not a.cells for a in anomalies)
    listing = openpyxl.load_workbook(file_copy).worksheets[0]
    assert "tout le fichier" in {c.value for c in listing["D"]}


def test_a_return_without_anomaly_has_a_copy_that_says_so(contrat, tmp_path):
    _, file_copy, _ = annotate(contrat, blank(tmp_path, "ville"), tmp_path / "copies")
    assert file_copy is not None


def test_a_whole_sheet_of_anomalies_is_annotated(contrat, tmp_path):
    texts = {c: "abc" for c, p in places("ville").items() if p.type in ("entier", "decimal", "montant", "date")}
    retour = filled(tmp_path, texts, "ville")
    anomalies, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    assert sum(len(a.cells) for a in anomalies) > 50
    assert lint(file_copy) == [] and read_back(contrat, file_copy) == read_back(contrat, retour)


def test_a_copy_is_made_from_the_bytes_that_were_read_whatever_became_of_the_file(contrat, tmp_path, monkeypatch):
    retour = faulty(tmp_path)
    _, expected, _ = annotate(contrat, retour, tmp_path / "copies")
    check = single_returns._check_one

    def replaced_meanwhile(*given):
        retour.unlink(missing_ok=True)  # as a sharing program does between the reading and the copy
        return check(*given)

    monkeypatch.setattr(single_returns, "_check_one", replaced_meanwhile)
    _, made, _ = annotate(contrat, retour, tmp_path / "ensuite")
    assert made.read_bytes() == expected.read_bytes()


@pytest.mark.parametrize("name", ["é" * 124, "x" * 250], ids=["accents", "letters"])
def test_a_return_of_the_longest_name_has_a_copy(contrat, tmp_path, name):
    retour = faulty(tmp_path).rename(tmp_path / f"{name}.xlsx")
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    assert file_copy.name.startswith(name[:100]) and file_copy.name.endswith("-annote.xlsx")
    _, again, _ = annotate(contrat, file_copy, tmp_path / "copies")
    assert again.name.endswith("-annote-2.xlsx")


def test_two_runs_give_the_same_bytes(contrat, tmp_path):
    retour = faulty(tmp_path)
    copies = [annotate(contrat, retour, tmp_path / d)[1].read_bytes() for d in ("a", "b")]
    assert copies[0] == copies[1]


def test_the_command_prints_each_copy_and_never_writes_over_a_return(contrat, tmp_path, capsys):
    retour = faulty(tmp_path)
    before = retour.read_bytes()
    assert main(["controler", str(retour), "--contrat", contrat, "--annoter", str(tmp_path)]) == 1
    output = capsys.readouterr().out.splitlines()
    assert output[-1] == str(tmp_path / "retour-annote.xlsx") and retour.read_bytes() == before
    assert (
        main(["controler", str(tmp_path / "retour-annote.xlsx"), "--contrat", contrat, "--annoter", str(tmp_path)]) == 1
    )
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "retour-annote-2.xlsx")


def test_copies_left_in_the_folder_of_returns_are_not_taken_for_returns(contrat, tmp_path):
    faulty(tmp_path)
    for _ in range(2):
        treated = list(single_returns.annotate([str(tmp_path)], tmp_path / "copies", contrat))
        assert len(treated) == 1


def test_a_copy_is_readable_by_openpyxl_from_memory(contrat, tmp_path):
    _, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    assert openpyxl.load_workbook(io.BytesIO(file_copy.read_bytes())).worksheets[0].title == "Anomalies"
