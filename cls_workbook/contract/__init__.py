"""What is asked: the contract's definition, read and verified."""

from cls_workbook.contract.definition import load, parse, shipped
from cls_workbook.contract.model import Contrat

__all__ = ["Contrat", "load", "parse", "shipped"]
