"""Where each structure stands in the campaign."""
