"""The lab: a stand-in for Twilio that knows nothing of the product it calls."""
