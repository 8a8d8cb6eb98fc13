"""Office packages: the same bytes for the same content, and a template taken for the document it makes."""

from __future__ import annotations

import io
import zipfile

_DAY = (1980, 1, 1, 0, 0, 0)
_TYPES = "[Content_Types].xml"
_TEMPLATES = {
    b"wordprocessingml.template.main+xml": b"wordprocessingml.document.main+xml",
    b"presentationml.template.main+xml": b"presentationml.presentation.main+xml",
}


def repacked(content: bytes) -> bytes:
    """The package again, entries in their order, all of one date: without the clock."""
    return _packed(content, {})


def as_document(content: bytes) -> bytes:
    """A template (.dotx, .potx) as the document that it is the start of; anything else as it is. BadZipFile if it is no
    package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        types = package.read(_TYPES) if _TYPES in package.namelist() else b""
    for template, document in _TEMPLATES.items():
        if template in types:
            return _packed(content, {_TYPES: types.replace(template, document)})
    return content


def _packed(content: bytes, replaced: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for nom in source.namelist():
            entry = zipfile.ZipInfo(nom, _DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, replaced.get(nom, source.read(nom)))
    return written.getvalue()
