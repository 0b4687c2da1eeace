"""Lambda documents: readable copies, printouts, and PDFs to read."""
