"""The exceptions that a command ends with: a refusal (one French sentence, exit code 2),
a fault of ours (exit code 3).
"""

from __future__ import annotations

import errno

_SYSTEM_SAYS = {
    errno.ENOENT: "il n’existe pas",
    errno.EACCES: "il est protégé, ou ouvert dans un autre programme",
    errno.EPERM: "il est protégé, ou ouvert dans un autre programme",
    errno.EBUSY: "un autre programme l’utilise",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "un fichier est à la place d’un dossier",
    errno.EEXIST: "un fichier est à la place d’un dossier",
    errno.ENAMETOOLONG: "son nom est trop long",
    errno.ENOSPC: "le disque est plein",
    errno.EROFS: "le disque ne s’écrit pas",
    errno.EIO: "le disque ne répond pas",
}


class Refusal(Exception):
    """What was asked cannot be done; ``str(refusal)`` is the French sentence shown to the user.

    ``details`` are further lines (one fault each), printed below the sentence.
    """

    def __init__(self, message: str, details: tuple[str, ...] | list[str] = ()):
        super().__init__(message)
        self.details = tuple(details)


def system_reason(error: OSError) -> str:
    """Why the system refuses a file, in French where it is one of the usual reasons."""
    return _SYSTEM_SAYS.get(error.errno or 0) or error.strerror or str(error)


class OwnFault(Exception):
    """A fault of the tool, which nothing that a user did explains: what was to be written contradicts itself.

    Exit code 3.

    ``str(fault)`` says in French what contradicts what; users see one general sentence, and this in the file of
    details.
    """
