"""Hands on a running lab from other processes: its telephones over HTTP, and how people type to them."""
