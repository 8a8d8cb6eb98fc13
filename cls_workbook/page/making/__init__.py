"""How the page is made: Pyodide’s own files, checked; the libraries and this package, as bytecode; one HTML file."""
