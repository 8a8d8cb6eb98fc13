"""A contract read and written: its definition (TOML), and the workbook that describes it without code."""

from cls_workbook.definition.toml_reader import load, parse, shipped

__all__ = ["load", "parse", "shipped"]
