from __future__ import annotations

from choriste.domain.deposits.supplier_record import (
    ACCOUNTS,
    INVOICES,
    SupplierRecord,
    likeness_of,
)

OLD, NEW = "FR7630006000011234567890189", "FR1420041010050500013M02606"


def a_record(*accounts: str) -> SupplierRecord:
    record = SupplierRecord(supplier="2001")
    for number, account in enumerate(accounts):
        record = record.with_invoice(f"F-{number}", f"likeness {number}", [account])
    return record


def test_first_account_is_nothing_to_wonder_at() -> None:
    assert a_record().unlike(OLD) == ()
    assert a_record(OLD).unlike(OLD) == ()


def test_new_account_is_told_until_it_has_become_usual() -> None:
    assert a_record(OLD, OLD).unlike(NEW) == ("0189",)
    assert a_record(OLD, OLD, OLD, OLD, NEW, NEW).unlike(NEW) == ("0189",)
    assert a_record(OLD, OLD, OLD, OLD, NEW, NEW, NEW).unlike(NEW) == ()


def test_account_is_the_same_however_it_is_spaced() -> None:
    assert a_record(OLD).unlike("fr76 3000 6000 0112 3456 7890 189") == ()


def test_invoice_is_alike_under_another_number_only() -> None:
    record = SupplierRecord(supplier="2001").with_invoice("F-1", likeness_of("a", 1), [])

    assert record.alike(likeness_of("a", 1), "F-2") == "F-1"
    assert record.alike(likeness_of("a", 1), "F-1") is None
    assert record.alike(likeness_of("a", 2), "F-2") is None


def test_record_stays_small_and_holds_no_account() -> None:
    record = a_record(*(f"FR{number:025d}" for number in range(300)))

    assert len(record.accounts) == ACCOUNTS
    assert len(record.recent) == INVOICES
    assert record.version == 300
    assert "FR" not in repr(record.accounts)
