"""What a consolidation says: the workbook, the Synthèse, the agency's copy."""
