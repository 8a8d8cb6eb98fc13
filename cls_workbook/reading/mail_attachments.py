"""The names of the attachments of an e-mail that was saved as a file, without decoding what they hold.

Only the headers that say what a part is are looked at: so many, of so many bytes each, wherever they stand; the time
grows as the file does.
"""

from __future__ import annotations

import re

from cls_workbook.french import without_control_characters

_HEADERS = 400  # headers looked at; two a part
_HEADER_BYTES = 2_000  # of one header: a name of 255 characters, each written « %C3%A9 », fits
_LINE = rb"[^\r\n]{0,%d}" % _HEADER_BYTES
_DESCRIBES = re.compile(
    rb"^Content-(?:Type|Disposition):" + _LINE + rb"(?:\r?\n[ \t]" + _LINE + rb"){0,40}", re.IGNORECASE | re.MULTILINE
)
_FAULTS = (ValueError, LookupError, AttributeError, TypeError, RecursionError)  # of email, on what is no header
_NAME_LENGTH = 120  # characters of a name that is told


def attached_names(content: bytes, suffixes: tuple[str, ...]) -> list[str]:
    """The names, in order, each once, that end in one of ``suffixes`` (small letters, with the dot)."""
    names: dict[str, None] = {}
    for rank, found in enumerate(_DESCRIBES.finditer(content)):
        if rank >= _HEADERS:
            break
        if (name := _name(found[0][:_HEADER_BYTES])).casefold().endswith(suffixes):
            names.setdefault(name[-_NAME_LENGTH:])
    return list(names)


def _name(header: bytes) -> str:
    """The name that a header gives, whichever way it is encoded; empty if none."""
    import email  # hardly any return is an e-mail
    import email.policy

    try:
        name = email.message_from_bytes(header + b"\n\n", policy=email.policy.default).get_filename("")
    except _FAULTS:
        return ""
    return " ".join(without_control_characters(str(name)).split()).rpartition("/")[2].rpartition("\\")[2]
