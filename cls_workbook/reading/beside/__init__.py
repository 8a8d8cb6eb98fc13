"""Beside the third step: what stands elsewhere than in the sheets that ask: told, never dropped."""
