"""The consolidation workbook, and last year’s read back."""
