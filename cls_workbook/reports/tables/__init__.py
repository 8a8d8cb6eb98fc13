"""A table of results described once: from it its sheet, its re-reading, its schema."""
