"""The versions that go together. « Vérifier l’installation » compares them with what is really there."""

from __future__ import annotations

PACKAGE = "0.1.0"
# Of the VBA modules of ``macros/``: raised when they, or what they call in Python, change.
MACROS = "3"
# Of xlwings' own VBA module, which is embedded in the workbook: the package of the same version answers it.
XLWINGS = "0.37.8"
