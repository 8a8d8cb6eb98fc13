"""What counts and what it comes to: pure functions, frames in, frames out."""
