"""The AWS infrastructure as a CDK application, and the tools that build what it deploys.

`infra.app` synthesises offline, `infra.build` makes the Lambda bundles without Docker, and
`infra.topology` reduces the template to what the local runtime loads. Nothing here runs on AWS.
"""
