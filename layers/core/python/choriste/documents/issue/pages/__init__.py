"""From the model to the page: what each document says, in which words and order.

How it looks is the business of the templates.
"""
