"""The Synthèse: what it says, and how it is drawn."""
