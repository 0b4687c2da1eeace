"""The ports on DynamoDB: four tables by lifetime and trust (handbook architecture.md, Data)."""
