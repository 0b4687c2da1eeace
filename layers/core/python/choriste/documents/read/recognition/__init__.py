"""Text recognised on scans and photographs: an optional layer (docs/prefill.md#scans-and-photographs).

`pictures` makes small grey pictures of whatever came in, in a child process with limits. `engine` reads them
with RapidOCR, where it is installed; it stands alone, so that a function may hold it and nothing else.
`layout` makes pages of words of what was read. Nothing read this way is ever certain: `prefill` sees that the
pages are recognised.
"""
