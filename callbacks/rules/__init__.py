"""The rules of promised calls: when, to which numbers, how often, and who speaks. Pure."""
