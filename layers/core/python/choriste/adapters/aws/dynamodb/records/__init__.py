"""The stored form of each kind of item: versioned, complete, refused where it is not understood."""
