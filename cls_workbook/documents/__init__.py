"""What is presented: the annual report and the slides, written from a consolidation, ready to be finished by a person.

What they say is decided first, as plain parts (``document_parts``); a writer for each format then puts them down.
"""
