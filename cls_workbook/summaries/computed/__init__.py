"""What the tool works out of itself, beside what is declared of it."""
