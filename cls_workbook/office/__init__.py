"""The coordinator’s desk: annotated copies, reminders, the coordinator’s workbook, the installation."""
