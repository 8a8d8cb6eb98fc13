"""What the rules look at: the typed answers, where they stand, and what the contract calls them."""
