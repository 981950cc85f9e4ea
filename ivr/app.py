"""The web application: built from settings, ready to be served."""

from flask import Flask

from config.observe import configure_logging
from config.settings import Settings
from ivr.api.description import application
from ivr.live import install_pages
from ivr.operations import operations
from ivr.voice.agent_desks import desks
from ivr.voice.conduct import announcements, conduct
from ivr.voice.conversations import conversations
from ivr.voice.exchange import install
from ivr.voice.fallback import fallback
from ivr.voice.legs import legs
from ivr.voice.webhooks import voice
from routing.floor import open_floor


def create_app(settings: Settings) -> Flask:
    """Raises SettingsError; it serves also without a Redis that answers or a config that can be read."""
    configure_logging(settings.log_level)
    app = application(__name__)
    floor = open_floor(settings)
    install(app, floor, settings)
    install_pages(app, floor)
    for blueprint in (voice, conversations, announcements, conduct, desks, legs, fallback, operations):
        app.register_blueprint(blueprint)
    if settings.calmline_lab:
        from ivr.lab_routes import install_lab  # with rq, which a real line's web processes do not need

        install_lab(app, settings)
    return app
