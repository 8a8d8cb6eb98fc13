"""One word, one meaning: class and module names stand once; identifiers are English, or words of the glossary,
or data.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from cls_workbook.domain import entry_questions, model
from cls_workbook.domain.definition_keys import keys_of
from cls_workbook.domain.questions import Bloc
from cls_workbook.domain.regional.noyau_model import Noyau
from cls_workbook.pilotage import pilotage_questions

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "cls_workbook"
ENGLISH = ROOT / "tests/support/english_words.txt"  # reviewed by eye: a French word goes to the glossary instead
GLOSSARY = ROOT / "docs/glossaire.md"


def words(identifier: str) -> list[str]:
    """``RetourFiles`` and ``retour_files`` → retour, files."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)]


@cache
def trees() -> dict[Path, ast.Module]:
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}


def defined(tree: ast.Module) -> set[str]:
    """Every name that a module gives: classes, functions, arguments, variables, attributes, aliases."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                names.add(name)
    return names


def names_of_data() -> set[str]:
    """Words of the keys of a definition and of the questions asked."""
    names: set[str] = set()
    classes: list[type] = [model.Contrat, Noyau]
    for class_ in classes:
        for name, key in keys_of(class_).items():
            names.add(name)
            if dataclasses.is_dataclass(key.type) and key.type not in classes:
                classes.append(key.type)
    blocks = [b for module in (entry_questions, pilotage_questions) for b in vars(module).values()]
    for block in blocks:
        if isinstance(block, Bloc):
            names |= {block.nom, *(champ.nom for champ in block.input_fields)}
    return {word for name in names for word in words(name)}


def words_of_the_glossary() -> set[str]:
    spans = re.findall(r"`([a-z_]+)`", GLOSSARY.read_text(encoding="utf-8"))
    return {word for span in spans for word in words(span)}


def test_no_class_name_stands_twice_in_the_package():
    places = defaultdict(list)
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(file.relative_to(PACKAGE).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_no_module_name_stands_twice_in_the_package():
    places = defaultdict(list)
    for file in trees():
        if file.stem not in ("__init__", "__main__"):
            places[file.stem].append(file.relative_to(PACKAGE).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_every_word_of_an_identifier_is_english_or_a_word_of_the_glossary_or_of_data():
    known = set(ENGLISH.read_text(encoding="utf-8").split()) | words_of_the_glossary() | names_of_data()
    strangers = defaultdict(set)
    for file, tree in trees().items():
        for name in {*defined(tree), *file.relative_to(ROOT).with_suffix("").parts}:
            for word in words(name):
                if not known & {word, word.removesuffix("s")}:
                    strangers[word].add(name)
    assert dict(strangers) == {}, (
        "rename them, or add what is English to tests/support/english_words.txt, what is French to docs/glossaire.md"
    )


def test_the_list_of_english_words_is_in_order_and_says_nothing_twice():
    english = ENGLISH.read_text(encoding="utf-8").split()
    assert english == sorted(set(english))
