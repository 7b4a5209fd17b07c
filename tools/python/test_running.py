"""Tests of a plant that runs: mbplantd config/hello.yaml --exec 'pytest tools/python/test_running.py'."""


def test_mixer_stops_when_it_is_too_hot(running):
    running.wait("MIX1.en_service")
    running.inject("TEMP", 92)
    running.wait("MIX1.en_panne", within=10)
    running.release("TEMP")
    running.wait("TEMP", lambda value: value < 80, within=10)
