"""First step: the bytes of a returned file → its sheets, cells as stored."""
