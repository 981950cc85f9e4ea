"""Twilio's REST in front of the simulated network: a small file for each resource."""
