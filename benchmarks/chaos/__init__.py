"""`make chaos`: kills, pauses and lost replies over a running site, and who was called twice or forgotten."""
