"""The function `checkin`: the door's API and the scanner page."""
