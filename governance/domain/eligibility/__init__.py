"""Eligibility as data: named rules with parameters and dates, answered with the facts used (docs/eligibility.md)."""
