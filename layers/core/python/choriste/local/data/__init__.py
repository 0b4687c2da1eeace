"""The sample data of a first start."""
