"""Advice: what the official rules accept, and a customer may not. Never a refusal.

The official rules look at forms and sums; they take an IBAN with a mistyped digit, a legal note that reads
"n/a", a price that does not give its line. Each kind of advice has an id of its own, `CHO-W-…`, and may be
switched off for a structure. `advise` finds what the invoice alone tells; what needs the directory or earlier
invoices is found where these are known (`choriste.application.deposits.advise_document`).
"""

from choriste.rules.advice.advise import advise

__all__ = ["advise"]
