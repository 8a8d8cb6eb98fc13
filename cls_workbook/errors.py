"""The one exception a user may see: a sentence in French, and exit code 2."""

from __future__ import annotations


class Refusal(Exception):
    """What was asked cannot be done; ``str(refusal)`` is the French sentence shown to the user.

    ``details`` are further lines (one fault each), printed below the sentence.
    """

    def __init__(self, message: str, details: tuple[str, ...] | list[str] = ()):
        super().__init__(message)
        self.details = tuple(details)
