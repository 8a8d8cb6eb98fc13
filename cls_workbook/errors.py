"""The exceptions that a command ends with: a refusal (one French sentence, exit code 2),
a fault of ours (exit code 3).
"""

from __future__ import annotations


class Refusal(Exception):
    """What was asked cannot be done; ``str(refusal)`` is the French sentence shown to the user.

    ``details`` are further lines (one fault each), printed below the sentence.
    """

    def __init__(self, message: str, details: tuple[str, ...] | list[str] = ()):
        super().__init__(message)
        self.details = tuple(details)


class OwnFault(Exception):
    """A fault of the tool, which nothing that a user did explains: what was to be written contradicts itself.

    Exit code 3.

    ``str(fault)`` says in French what contradicts what; users see one general sentence, and this in the file of
    details.
    """
