"""The years of a contract together: what they add up to, how far they are from what it wants."""
