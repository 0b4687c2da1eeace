"""The trade itself, in the trade's own words: no technology, no input or output, no clock of its own."""
