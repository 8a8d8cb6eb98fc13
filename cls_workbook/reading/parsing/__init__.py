"""Third step: what a person typed → typed values, or an anomalie at its cell."""
