"""The sum of what returns say against what was consolidated: every difference told."""
