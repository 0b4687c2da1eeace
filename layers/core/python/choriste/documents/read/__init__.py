"""Reads other people's PDF files: what they are, and what their pages say."""
