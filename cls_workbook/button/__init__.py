"""The open workbook: what runs when the coordinator clicks. xlwings is known here and nowhere else."""
