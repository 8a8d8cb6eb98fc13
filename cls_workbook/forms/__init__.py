"""The way out: what is asked, where it stands, and the workbooks that partners fill in."""

from cls_workbook.forms.year_workbook import (
    Respondent,
    WorkbookContext,
    WorkbookPlan,
    file_name,
    file_names,
    plan,
    repondants,
    sheet_name,
    version,
)

__all__ = [
    "WorkbookContext",
    "WorkbookPlan",
    "Respondent",
    "sheet_name",
    "file_name",
    "file_names",
    "plan",
    "repondants",
    "version",
]
