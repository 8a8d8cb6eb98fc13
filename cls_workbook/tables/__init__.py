"""Each table of results described once: its columns, types, bounds, choices, titles, sentences, looks.

Headers, frames, sheets, schemas, blank tables and the reading of what was written derive from these descriptions.
"""
