"""Several contracts and years side by side, from the agency's copies: what an agency or a federation reads."""
