"""The names of jobs: each leads to the function of that name, which takes a site and an id."""

import inspect
from importlib import import_module

import pytest

from callbacks import jobs
from callbacks.jobs import JOBS, Workroom, work_in
from callbacks.mail import Post
from config.settings import Settings
from routing.floor import Floor


@pytest.mark.parametrize("name", JOBS)
def test_every_job_s_name_resolves(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert getattr(import_module(module), function) is JOBS[name]
    site, about = inspect.signature(JOBS[name]).parameters.values()
    assert (site.annotation, about.annotation) == (str, str)


def test_a_job_of_another_site_is_refused_at_the_door_too(
    floor: Floor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_workrooms", [])
    work_in(Workroom(settings.calmline_site, floor, Post(None, None)))
    with pytest.raises(ValueError, match="a job of the site elsewhere"):
        jobs.send_mail("elsewhere", "m1")
    jobs.send_mail(settings.calmline_site, "m-nobody-knows")
