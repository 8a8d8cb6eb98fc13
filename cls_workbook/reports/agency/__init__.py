"""What leaves for the agency: the Synthèse and its figures, without personal data or small counts."""
