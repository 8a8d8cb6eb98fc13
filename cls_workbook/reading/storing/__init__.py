"""Fourth step: typed values, kept in a file and taken up chapter by chapter as frames."""
