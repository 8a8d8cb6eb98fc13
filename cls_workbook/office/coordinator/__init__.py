"""The coordinator's workbook: Accueil, the sheets of ``pilotage`` and of the consolidation,
in one file with its macros.
"""
