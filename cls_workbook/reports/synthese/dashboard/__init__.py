"""The first page of the Synthèse: what a director reads in thirty seconds, written from the figures after it."""
