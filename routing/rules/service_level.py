"""Service level: the share of callers who were answered in time."""


def service_level(*, in_time: int, answered: int, abandoned: int) -> float | None:
    """0 to 1, of those answered or abandoned; None when there was nobody.

    Who hung up at once (a short abandon) is in none of the three: nobody could have been quick enough.
    """
    counted = answered + abandoned
    return min(in_time / counted, 1.0) if counted > 0 else None
