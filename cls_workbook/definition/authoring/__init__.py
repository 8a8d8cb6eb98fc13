"""A contract described in Excel, without writing code: the workbook to fill in, and its reading into a definition."""
