"""The pages for developers: the APIs, their reference and changes, and sandboxes."""
