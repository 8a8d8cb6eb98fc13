"""A workbook described, what it looks like, and the file it becomes."""
