"""The way out and the way back, each in order: what the command line, the button and the demo are doors to."""
