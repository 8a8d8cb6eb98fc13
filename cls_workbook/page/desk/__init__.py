"""What the package answers in the page: plain data in, plain data and files out. The same functions as the commands'.

Every file stands in the current folder: those that came, under the names that the page gives them; those that are made.
"""
