"""Works contracts: the chain of their documents and the file that gathers them."""
