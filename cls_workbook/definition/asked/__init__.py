"""What the workbook that describes a contract asks: its sheets and their columns, as data."""
