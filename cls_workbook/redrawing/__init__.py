"""Sheets drawn again in a workbook that exists: what it holds and what is wanted → the list of what is to be done.

Plain data in, plain data out: who reads the workbook and who does what the list says are elsewhere (``button``).
"""
