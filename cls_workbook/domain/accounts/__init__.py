"""The compte rendu financier of a subsidy: its accounts, and what they come to."""
