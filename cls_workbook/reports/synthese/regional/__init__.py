"""What the Synthèse says of the noyau of the region."""
