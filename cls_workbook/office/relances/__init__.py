"""Who has not answered, and the draft of a message to each: written, never sent."""
