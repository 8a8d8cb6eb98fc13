"""The way back: a returned file → cells as typed → typed frames."""
