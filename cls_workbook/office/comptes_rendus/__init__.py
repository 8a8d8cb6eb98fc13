"""The compte rendu financier of a fiche, ready to print and sign."""
