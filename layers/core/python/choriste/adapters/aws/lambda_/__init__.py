"""Other functions of the platform, asked at once."""
