"""The HTTP API of API Gateway on one machine: true payload v2.0 events for the production functions."""
