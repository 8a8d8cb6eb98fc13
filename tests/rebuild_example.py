"""Makes again the example return that LibreOffice saved (``templates/exemples``), after a change of the template.

    python tests/rebuild_example.py

Needs LibreOffice. The demo ships this file so that it runs where LibreOffice is absent.
"""

from __future__ import annotations

import subprocess
import tempfile
import tomllib
from pathlib import Path

from cls_workbook import contract, entry, resources
from cls_workbook.entry import examples, offprint


def main() -> None:
    modeles = resources.folder("templates")
    scenario = tomllib.loads((modeles / "demo.toml").read_text(encoding="utf-8"))
    contrat = contract.load(scenario["contrat"])
    membres = {groupe: tuple(noms) for groupe, noms in scenario["membres"].items()}
    for exemple in scenario["exemples"]:
        repondant = next(r for r in entry.repondants(contrat, membres) if r.id == exemple["structure"])
        plan = entry.plan(contrat, scenario["annee"], repondant, entry.Campagne(membres=membres))
        examples.remplir(plan, examples.repondre(plan, graine=repondant.id))
        with tempfile.TemporaryDirectory() as dossier:
            source = Path(dossier) / Path(exemple["fichier"]).with_suffix(".xlsx").name
            source.write_bytes(next(iter(offprint.editer([plan.classeur]))))
            subprocess.run(
                ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{dossier}/profil", "--convert-to", "ods", "--outdir", dossier, str(source)],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip
            cible = modeles / "exemples" / exemple["fichier"]
            cible.parent.mkdir(exist_ok=True)
            cible.write_bytes(source.with_suffix(".ods").read_bytes())
            print(cible)


if __name__ == "__main__":
    main()
