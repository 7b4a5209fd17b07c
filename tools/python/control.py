#!/usr/bin/python3
"""A loop as learning programs have it (reset, step: observation, reward, done), around a plant that waits for each action.

    tools/python/control.py            keeps the mixer of config/hello.yaml at 55 degrees with its cooling pump
"""
import pathlib

import mbplant

HELLO = pathlib.Path(__file__).resolve().parents[2] / "config" / "hello.yaml"
WANTED, SCANS_A_STEP = 55.0, 50  # degrees; 5 s of simulated time


class Mixer:
    """reset() and step(action), with the names of Gymnasium and without needing it."""

    def __init__(self, file=HELLO, steps=200):
        self.file, self.steps, self.plant, self.count = file, steps, None, 0

    def reset(self, seed=0):
        """A new plant: the same seed gives the same noise. (observation, info)"""
        self.close()
        self.plant = mbplant.serve(self.file, "--paused", "--seed", seed)
        self.plant.step()
        self.count = 0
        return self._look(), {}

    def _look(self):
        return self.plant.read("TEMP", "SPEED")

    def step(self, action):
        """Pump on or off for a while. (observation, reward, terminated, truncated, info)"""
        self.plant.write("COOL", action)
        self.plant.step(SCANS_A_STEP)
        self.count += 1
        seen = self._look()
        failed = self.plant.read("MIX1.en_panne")
        return seen, -abs(seen[0] - WANTED), failed, self.count >= self.steps, {}

    def close(self):
        """Ends the plant."""
        if self.plant is not None:
            self.plant.close()
            self.plant = None


def main():
    """A policy that a thermostat has, and what it earns."""
    mixer = Mixer()
    seen, _ = mixer.reset(seed=1)
    total, over = 0.0, False
    while not over:
        seen, reward, failed, out_of_time, _ = mixer.step(action=seen[0] > WANTED)
        total, over = total + reward, failed or out_of_time
    print(f"{mixer.count} steps, mean distance {-total / mixer.count:.2f} degrees, TEMP {seen[0]:.1f}, failed: {failed}")
    mixer.close()


if __name__ == "__main__":
    main()
