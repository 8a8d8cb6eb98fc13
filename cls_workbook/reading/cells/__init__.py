"""What stands in one cell, as a reader of spreadsheets gives it, and the value that it means."""
