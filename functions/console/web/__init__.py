"""The HTTP side of the console: visits, forms and rendering."""
