"""The whole platform in one process, on moto: no cloud account, no container, no Node.

The synthesised CloudFormation template is the only source of topology: tables, buckets, queues, functions,
routes, schedules and state machines are created in moto from it, and the production handlers run unchanged
behind them. Never part of a Lambda bundle. Start it with `choriste.local.platform.process.Platform`.
"""
