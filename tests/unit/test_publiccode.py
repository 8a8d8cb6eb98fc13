"""``publiccode.yml`` against the standard that it names, version 0.4: https://yml.publiccode.tools/."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest
import yaml
from packaging.licenses import canonicalize_license_expression

from cls_workbook.version import PACKAGE
from tests.support.played_pages import ROOT

SAID = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
# What the standard wants and nobody can say before the repository is published; the file itself says so.
AWAITED = {"url", "maintenance/contacts"}
MANDATORY = {
    *("publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType"),
    *("description", "legal", "legal/license", "maintenance", "maintenance/type", "maintenance/contacts"),
    *("localisation", "localisation/localisationReady", "localisation/availableLanguages"),
    *("description/fr/shortDescription", "description/fr/longDescription", "description/fr/features"),
}
OPTIONAL = {
    *("softwareVersion", "releaseDate", "description/fr", "dependsOn", "dependsOn/open"),
    *("intendedAudience", "intendedAudience/countries", "intendedAudience/scope"),
}
VOCABULARIES = {  # the part that may serve here
    "platforms": {"web", "windows", "mac", "linux", "ios", "android"},
    "categories": {"data-collection", "financial-reporting", "grant-management", "project-management", "survey"},
    "intendedAudience/scope": {"healthcare", "local-authorities", "society", "welfare"},
    "developmentStatus": {"concept", "development", "beta", "stable", "obsolete"},
    "softwareType": {"standalone/desktop", "standalone/web", "standalone/other", "addon", "library"},
    "maintenance/type": {"internal", "contract", "community", "none"},
}


def keys(said: dict, before: str = "") -> dict[str, object]:
    """Place of a key, as the standard writes it → what it says."""
    found: dict[str, object] = {}
    for key, value in said.items():
        found[before + key] = value
        found |= keys(value, f"{before}{key}/") if isinstance(value, dict) else {}
    return found


KEYS = keys(SAID)


def test_every_key_is_of_the_standard_and_none_lacks_but_those_that_wait_for_the_publication():
    assert KEYS.keys() <= MANDATORY | OPTIONAL
    assert MANDATORY - KEYS.keys() == AWAITED
    text = (ROOT / "publiccode.yml").read_text(encoding="utf-8")
    assert all(key in text for key in AWAITED), "the file says what it awaits"


@pytest.mark.parametrize("key", VOCABULARIES)
def test_words_are_those_of_its_vocabularies(key):
    value = KEYS[key]
    assert {*value} <= VOCABULARIES[key] if isinstance(value, list) else value in VOCABULARIES[key]


def test_texts_dates_countries_and_licence_have_their_form():
    assert SAID["publiccodeYmlVersion"] == "0.4"
    assert isinstance(SAID["releaseDate"], str) and date.fromisoformat(SAID["releaseDate"])
    french = SAID["description"]["fr"]
    assert len(french["shortDescription"]) <= 150 and "\n" not in french["shortDescription"]
    assert 150 <= len(french["longDescription"]) <= 10_000
    assert 5 <= len(french["features"]) <= 20
    assert all(re.fullmatch("[a-z]{2}", country) for country in SAID["intendedAudience"]["countries"])
    assert canonicalize_license_expression(SAID["legal"]["license"]) == SAID["legal"]["license"] == "MIT"
    assert SAID["localisation"] == {"localisationReady": False, "availableLanguages": ["fr"]}


def test_its_version_and_the_python_that_it_wants_are_those_of_the_package():
    assert SAID["softwareVersion"] == PACKAGE
    (python,) = SAID["dependsOn"]["open"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={python['versionMin']}"
    assert python["name"] == "Python" and python["optional"] is True  # the page and Excel’s workbooks go without


def test_its_licence_is_that_of_the_repository():
    assert "MIT" in (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()[0]
