"""Tests of a plant that stands still between the lines of a test."""
import mbplant
import pytest


def test_mixer_stops_when_it_is_too_hot(plant):
    plant.step(10)
    assert plant.read("MIX1.en_service", "MIX1.en_panne") == [True, False]
    plant.inject("TEMP", 92)
    plant.step()
    assert plant.read("TEMP") == 92
    assert plant.read("MIX1.en_panne")
    plant.release("TEMP")
    plant.step()
    assert plant.read("TEMP") < 50


def test_drift_of_an_instrument_is_seen(plant):
    plant.step(10)
    before = plant.read("TEMP")
    plant.fault("TEMP", "bias", 10)
    plant.step()
    assert plant.read("TEMP") == pytest.approx(before + 10, abs=2)


def test_value_beyond_its_range_is_refused(plant):
    with pytest.raises(mbplant.Refused) as refused:
        plant.write("TEMP", 3000)
    assert refused.value.code == 4
