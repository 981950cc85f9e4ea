"""Yardstick: the least that an honest webhook does. Parse, signature, one read, one write, constant TwiML."""

import base64
import hmac
import os

import redis
from flask import Flask, Response, abort, request

from benchmarks.bare import MENU

TOKEN = os.environ["TWILIO_AUTH_TOKEN"].encode()
PUBLIC_URL = f"http://127.0.0.1:{os.environ['PORT']}"
CLAIM_AND_LOG = """
if not server.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', 86400) then return server.call('GET', KEYS[1]) end
server.call('RPUSH', KEYS[2], ARGV[1])
return false
"""
app = Flask(__name__)
floor = redis.Redis(
    unix_socket_path=os.environ["SKELETON_SOCKET"], socket_timeout=0.25, decode_responses=True
)
claim_and_log = str(floor.script_load(CLAIM_AND_LOG))


@app.post("/voice/incoming")
def incoming() -> Response:
    """Refuse a wrong signature, look the caller up, note the call, answer a constant menu."""
    form = request.form
    signed = PUBLIC_URL + request.full_path.rstrip("?") + "".join(key + form[key] for key in sorted(form))
    expected = base64.b64encode(hmac.digest(TOKEN, signed.encode(), "sha1")).decode()
    if not hmac.compare_digest(expected, request.headers.get("X-Twilio-Signature", "")):
        abort(403)
    read = floor.pipeline(transaction=False)
    read.hgetall(f"skeleton:caller:{form['From']}")
    read.get("skeleton:config")
    read.get("skeleton:load")
    read.execute()
    sid = form["CallSid"]
    floor.evalsha(claim_and_log, 2, f"skeleton:claim:{sid}", f"skeleton:call:{sid}", "menu main")
    return Response(MENU, mimetype="text/xml")
