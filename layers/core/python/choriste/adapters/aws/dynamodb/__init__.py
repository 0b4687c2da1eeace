"""The ports on DynamoDB: four tables by lifetime and trust (docs/architecture.md#data)."""
