"""The list of what a click draws (``redrawing``), done in the file of a coordinator's workbook: no Excel is needed.

The archive is changed part by part: macros, own sheets, pictures and whatever nobody asked to change stay as they came.
"""
