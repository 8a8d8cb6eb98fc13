"""Shorter ways to the same cells. Each has the plain way beside it, and a test that both give the same.

Nothing here is needed to understand what a return says: read the plain way first.
"""
