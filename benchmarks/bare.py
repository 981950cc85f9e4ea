"""Yardstick: a Flask application that answers constant TwiML and reads nothing."""

from flask import Flask, Response

MENU = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/voice/menu" numDigits="1">'
    "<Say>Thank you for calling. Press 1 for general help.</Say></Gather></Response>"
)
app = Flask(__name__)


@app.post("/voice/incoming")
def incoming() -> Response:
    """Answer the same menu to everybody."""
    return Response(MENU, mimetype="text/xml")
