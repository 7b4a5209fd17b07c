"""A fixture for pytest: each test gets a plant of its own, paused, so that it alone decides what time passes.

    pytest tools/python                                    a mbplantd for each test
    mbplantd config/hello.yaml --exec 'pytest tools/python/test_running.py'     one that all of them share
"""
import os
import pathlib

import mbplant
import pytest

HELLO = pathlib.Path(__file__).resolve().parents[2] / "config" / "hello.yaml"


@pytest.fixture
def plant():
    """Hello plant, paused."""
    with mbplant.serve(HELLO, "--paused") as served:
        yield served


@pytest.fixture
def running():
    """The plant that mbplantd --exec runs beside."""
    if "MBPLANT_PORT" not in os.environ:
        pytest.skip("no plant runs: mbplantd config/hello.yaml --exec 'pytest ...'")
    with mbplant.Plant() as found:
        yield found
