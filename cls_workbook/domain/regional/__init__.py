"""What a region asks of all its contracts alike: the noyau, and how a contract takes it in."""
