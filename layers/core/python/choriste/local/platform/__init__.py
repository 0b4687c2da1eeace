"""The platform as one process: moto, the gateway, queues, schedules and the journal."""
