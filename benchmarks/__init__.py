"""Speed of the product beside its yardsticks, measured in one run: `make bench`."""
