"""Lambda admission: documents of archives, by turns."""
