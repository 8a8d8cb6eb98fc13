"""A filled authoring workbook → the definition that it describes, or every fault with its cell."""
