"""Lambda deposit: files dropped in the S3 inbox become flows."""
