"""Questions of one matter, and what a contract may leave out."""
