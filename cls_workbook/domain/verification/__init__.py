"""Every fault of a contract’s definition, each with its place."""
