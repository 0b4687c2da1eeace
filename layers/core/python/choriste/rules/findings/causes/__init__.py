"""What findings have in common: the one amount or the one missing term behind several of them.

`fold` is the way in. It puts first what must be mended, and marks what follows from it; no finding is dropped
and no verdict changes. Amounts that contradict each other are weighed by the equations of EN 16931 between
them (`ledger`, `equations`): the smallest set of amounts whose correction makes all sums right is the cause
(`search`), and where two sets explain as much, what people mistype tells them apart (`slips`).
"""
