"""A line that is not ours: ten lines of Flask and Twilio's own client, as a beginner writes them."""

from flask import Flask, Response, request
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from tests.lab.network.twilio_client import OUR_NUMBER

AGENT = "+12125550199"
EVENTS = "start end join leave announcement"


def sample_app(client: Client) -> Flask:
    """Menu, queue, an agent who takes the call with a key, a warning and an end that the agent asks for."""
    app, at = Flask("sample"), {}

    @app.post("/voice/<step>")
    def answer(step: str) -> Response:
        says, form = VoiceResponse(), request.form
        match step:
            case "incoming":
                says.gather(num_digits=1, action="menu").say("Welcome. Press 1 for an adviser.")
            case "menu":
                at["caller"], at["web"] = form["CallSid"], request.host_url + "voice"
                client.calls.create(to=AGENT, from_=OUR_NUMBER, url=at["web"] + "/first-words")
                says.enqueue("support", wait_url="waiting", action="left")
            case "waiting":
                says.say("Please wait.")
                says.pause(15)
            case "first-words":
                gather = Gather(num_digits=1, action="accept", timeout=10)
                gather.say("Sample, a call from the line. Press 1.")
                says.append(gather)
            case "accept":
                client.calls(at["caller"]).update(url=at["web"] + "/join")
                says.append(_conference("agent", request.host_url))
            case "join":
                says.append(_conference("caller", request.host_url))
            case "warning":
                says.say("This is a warning.")
            case "closing":
                says.say("We end this call.")
                says.hangup()
            case "after":
                says.say("The caller has left.")
            case "events":
                at["conference"] = form.get("ConferenceSid", at.get("conference", ""))
        return Response(str(says), content_type="text/xml")

    @app.post("/desk/warn")
    def warn() -> str:
        client.conferences(at["conference"]).update(announce_url=at["web"] + "/warning")
        return "warned"

    @app.post("/desk/end")
    def end() -> str:
        client.calls(at["caller"]).update(url=at["web"] + "/closing")
        return "ended"

    return app


def _conference(label: str, host: str) -> Dial:
    dial = Dial(action="after")
    dial.conference(
        "talk",
        participant_label=label,
        beep="false",
        end_conference_on_exit=label == "caller",
        status_callback=host + "voice/events",
        status_callback_event=EVENTS,
    )
    return dial
