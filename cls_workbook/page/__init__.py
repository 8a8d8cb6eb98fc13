"""The page that needs nothing: one HTML file in which a browser runs this very package.

``making``: how the file is made. ``desk``: what the package answers there.
"""
