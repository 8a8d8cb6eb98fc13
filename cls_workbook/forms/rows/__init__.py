"""The rows of a fiche sheet, block after block."""
