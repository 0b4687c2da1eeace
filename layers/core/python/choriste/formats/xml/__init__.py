"""XML: safe parsing, element names and XSD schemas."""
