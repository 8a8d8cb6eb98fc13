"""The command line: French words around the pipeline."""
