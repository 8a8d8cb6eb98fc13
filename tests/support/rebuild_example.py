"""Makes again the example return that LibreOffice saved (``templates/exemples``), after a change of the template.

    python -m tests.support.rebuild_example

Needs LibreOffice. The demo ships this file so that it runs where LibreOffice is absent.
"""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from pathlib import Path

from cls_workbook import forms, resources
from cls_workbook.definition import toml_reader
from cls_workbook.fast_paths import offprint
from cls_workbook.forms import examples


def main() -> None:
    models = resources.folder("templates")
    scenario = tomllib.loads((models / "demo.toml").read_text(encoding="utf-8"))
    contrat = toml_reader.load(scenario["contrat"])
    membres = {groupe: tuple(names) for groupe, names in scenario["membres"].items()}
    for example in scenario["exemples"]:
        respondent = next(r for r in forms.repondants(contrat, membres) if r.id == example["structure"])
        plan = forms.plan(contrat, scenario["annee"], respondent, forms.WorkbookContext(membres=membres))
        examples.fill_cell(plan, examples.make_answers(plan, seed=respondent.id))
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / Path(example["fichier"]).with_suffix(".xlsx").name
            source.write_bytes(next(iter(offprint.produce([plan.workbook]))))
            subprocess.run(
                [
                    "soffice",
                    "--headless",
                    "--norestore",
                    f"-env:UserInstallation=file://{folder}/profil",
                    "--convert-to",
                    "ods",
                    "--outdir",
                    folder,
                    str(source),
                ],
                check=True,
                capture_output=True,
            )
            cible = models / "exemples" / example["fichier"]
            cible.parent.mkdir(exist_ok=True)
            cible.write_bytes(source.with_suffix(".ods").read_bytes())
            print(cible)


if __name__ == "__main__":
    main()
