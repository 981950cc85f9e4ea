"""Processor time from /proc: the steadiest figure on a machine that others use too."""

import psutil


class ProcessTree:
    """A server's processes, without those that are counted apart (its Valkey)."""

    def __init__(self, pid: int, *, without: int | None = None) -> None:
        root = psutil.Process(pid)
        found = [root, *root.children(recursive=True)]
        self._processes = [process for process in found if process.pid != without]

    def seconds(self) -> float:
        """User and system time so far (utime + stime of each process).

        Raises psutil.NoSuchProcess when one has ended: its time would be missing from the sum.
        """
        times = [process.cpu_times() for process in self._processes]
        return float(sum(time.user + time.system for time in times))


def process_seconds(pid: int | None) -> float:
    """Processor time of one process so far; 0 for none."""
    if pid is None:
        return 0.0
    time = psutil.Process(pid).cpu_times()
    return float(time.user + time.system)
