"""What is left to engage and to pay, and the rates that are observed."""
