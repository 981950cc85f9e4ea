"""No edit of the config file breaks the loader, takes it long, or leaves a config half loaded."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.config.mutations import Outcome, outcome_of

MUTATIONS = 5_000
SHARE = 250


def test_five_thousand_edits_of_the_file_are_each_taken_whole_or_refused_with_a_place() -> None:
    shares = [range(first, first + SHARE) for first in range(0, MUTATIONS, SHARE)]
    # Spawned: a process that forks while threads run may hang.
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        found: list[Outcome] = list(processes.map(outcome_of, shares))
    assert [crash for share in found for crash in share.crashes] == []
    assert [text for share in found for text in share.odd] == []
    assert max(share.slowest_s for share in found) < 1
    refused = sum((share.refused for share in found), Counter[str]())
    taken = sum(share.taken for share in found)
    assert refused.total() + taken == MUTATIONS
    assert taken > 100, "every edit was refused: was the default file itself?"
    assert len(refused) > 30, refused
