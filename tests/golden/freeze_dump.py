"""An output as text that can be read and compared: archives part by part, messages with what is attached, tables."""

from __future__ import annotations

import email
import email.policy
import hashlib
import html
import io
import re
import zipfile
from pathlib import PurePath

ARCHIVES = (".xlsx", ".xlsm", ".xlam", ".ods", ".docx", ".pptx", ".odt", ".zip")
# Not the same twice in a workbook that openpyxl saves: its clock, and the order of the parts of one with macros.
CLOCK, TYPES = "docProps/core.xml", "[Content_Types].xml"
_SHARED = re.compile(r'(<c [^>]*t="s"[^>]*>(?:<f[^>]*>[^<]*</f>)?<v>)(\d+)(</v>)')
_TAG = re.compile(r"><(?![/]|v>|f[ >]|is>|t[ >]|text:p)")
_LONG = 4_000  # characters of a line: what is longer is data, and shown by its fingerprint


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def dump(name: str, data: bytes, by_openpyxl: bool = False) -> str:
    """``name`` tells the kind of file by its ending; what is no such file is shown as text, or as a fingerprint."""
    suffix = PurePath(name).suffix.lower()
    try:
        if suffix in ARCHIVES:
            return _archive(data, by_openpyxl)
        if suffix == ".eml":
            return _message(data)
        if suffix == ".parquet":
            return _parquet(data)
    except (zipfile.BadZipFile, ValueError) as fault:
        return f"unreadable as {suffix}: {fault}\n{_text(data)}"
    return _text(data)


def _text(data: bytes) -> str:
    try:
        return "\n".join(_shortened(line) for line in data.decode("utf-8").splitlines()) + "\n"
    except UnicodeDecodeError:
        return _fingerprint(data)


def _fingerprint(data: bytes) -> str:
    return f"{len(data)} bytes, sha256 {sha256(data)}\n"


def _shortened(line: str) -> str:
    return line if len(line) <= _LONG else f"{line[:_LONG]}… {_fingerprint(line.encode()).strip()}"


def _archive(data: bytes, by_openpyxl: bool) -> str:
    """The parts in the order of their names, so that a mere change of order shows as such in the first lines."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = sorted(n for n in archive.namelist() if n != CLOCK) if by_openpyxl else archive.namelist()
        shared = _shared_strings(archive)
        parts = [f"parts: {' '.join(names)}\n"]
        for name in sorted(names):
            text = _part(name, archive.read(name), shared)
            if by_openpyxl and name == TYPES:
                text = "".join(sorted(text.splitlines(keepends=True)))
            parts.append(f"\n=== {name}\n{text}")
    return "".join(parts)


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    text = archive.read("xl/sharedStrings.xml").decode("utf-8")
    items = re.findall(r"<si>(.*?)</si>|<si/>", text, re.DOTALL)
    return [html.unescape("".join(re.findall(r"<t[^>]*>(.*?)</t>", item, re.DOTALL))) for item in items]


def _part(name: str, data: bytes, shared: list[str]) -> str:
    if not name.endswith((".xml", ".rels", ".vml")):
        return _text(data) if name.endswith((".txt", "mimetype")) else _fingerprint(data)
    text = data.decode("utf-8")
    if shared and "/worksheets/" in name:
        text = _SHARED.sub(lambda m: f"{m[1]}«{shared[int(m[2])]}»{m[3]}", text)
    return "\n".join(_shortened(line) for line in _TAG.sub(">\n<", text).splitlines()) + "\n"


def _message(data: bytes) -> str:
    message = email.message_from_bytes(data, policy=email.policy.default)
    lines = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        if part.is_multipart():
            continue
        lines.append(f"\n--- {part.get_content_type()} {part.get_filename() or ''}")
        content = part.get_content()
        lines.append(dump(part.get_filename() or "", content) if isinstance(content, bytes) else content)
    return "\n".join(lines) + "\n"


def _parquet(data: bytes) -> str:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(data))
    rows = [repr(tuple(row.values())) for row in table.to_pylist()]
    return "\n".join([str(table.schema), *rows]) + "\n"
