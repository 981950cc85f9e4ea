"""Here the floor is the one that the app works with: to open a second one for every test costs 50 ms."""

import pytest
from flask import Flask

from ivr.voice.exchange import exchange
from routing.floor import Floor


@pytest.fixture
def floor(app: Flask) -> Floor:
    with app.app_context():
        return exchange().floor
