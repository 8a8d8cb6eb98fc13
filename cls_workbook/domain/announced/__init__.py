"""What a contract announces of a fiche, as it prints it: words, money, links."""
