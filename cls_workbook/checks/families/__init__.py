"""The rules: one class each, one module a family."""
