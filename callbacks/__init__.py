"""Customers we promised to call."""
