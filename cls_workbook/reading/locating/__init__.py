"""Second step: sheets → what was typed in each input, found by two anchors that must agree."""
