"""What is derived from the code: schemas and generated pages."""
