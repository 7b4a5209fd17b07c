"""Who asks over HTTP, and what he may do: told before he tries, and what is told is what is done."""
import os
import pathlib
import tempfile
import unittest

import support
from support import main
from test_operators import PEOPLE
from test_web import BOTTLING, Web

ROLES = {"Otto": "observer", "Olga": "operator", "Mia": "maintenance", "Emil": "engineer", "Ines": "instructor"}
# A command of each right: what may not be done is refused, and by the same words.
DEEDS = {
    "acknowledge": ("/alarms/T1.high/ack", {}),
    "shelve": ("/alarms/T1/shelve", {"for": "1min"}),
    "service": ("/alarms/T1.high/remove", {}),
    "bypass": ("/alarms/T1.high/bypass", {"for": "1min"}),
    "states": ("/machines/M1/state", {"state": "maintenance"}),
    "commands": ("/controllers/C1/setting", {"setpoint": 30}),
    "force": ("/sensors/T1/force", {"value": 50}),
    "limits": ("/sensors/T1/limits", {"high": 90}),
    "tune": ("/controllers/C1/setting", {"gain": 2}),
    "logbook": ("/events", {"note": "seen"}),
    "simulation": ("/sim", {"snapshot": True}),
}


class Who(unittest.TestCase):
    OLGA, ANY = "o" * 32, "a" * 32

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        self.file = self.folder / "people.yaml"

    def serve(self, text):
        self.file.write_text(text, encoding="utf-8")
        return self.enterContext(Web(self.file))

    def with_tokens(self):
        with open(os.open(self.folder / "tokens", os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(f"Olga:{self.OLGA}\n{self.ANY}\n")
        return self.serve(PEOPLE + "http: {token_file: tokens}\n")

    def test_what_is_told_of_a_name_is_what_its_commands_are_answered(self):
        plant = self.serve(PEOPLE)
        for name, role in ROLES.items():
            who = plant.get(f"/who?as={name.lower()}")
            self.assertEqual([who[key] for key in ("name", "role", "proven", "token", "operators")], [name, role, False, "none", True])
            rights = {one["right"]: one for one in who["rights"]}
            self.assertEqual(len(rights), 12)
            for right, (path, body) in DEEDS.items():
                status, answer, _ = plant.ask("/api/v1" + path, body | {"as": name})
                self.assertEqual(rights[right]["may"], status == 200, (name, right, status, answer))
                self.assertEqual(rights[right]["why"], None if status == 200 else answer["detail"], (name, right))

    def test_unknown_name_and_none_may_nothing_and_are_told_why(self):
        plant = self.serve(PEOPLE)
        for query, said in (("?as=Olg", "is it 'Olga'?"), ("", "nobody said who asks"), ("?as=", "nobody said who asks")):
            who = plant.get("/who" + query)
            self.assertIsNone(who["role"], query)
            for one in who["rights"]:
                self.assertEqual((one["may"], said in one["why"]), (False, True), one)

    def test_token_says_who_it_is_and_what_it_lacks_is_said_in_french(self):
        plant = self.with_tokens()
        for headers, token, name, proven in (({}, "missing", None, False), ({"Authorization": "Bearer " + "x" * 32}, "wrong", None, False),
                                             ({"Authorization": "Bearer " + self.OLGA}, "good", "Olga", True),
                                             ({"Authorization": "Bearer " + self.ANY}, "good", None, False)):
            status, who, _ = plant.ask("/api/v1/who?lang=fr", **headers)
            self.assertEqual((status, who["token"], who["name"], who["proven"]), (200, token, name, proven))
        status, who, _ = plant.ask("/api/v1/who?lang=fr", Authorization="Bearer " + self.OLGA)
        force = next(one for one in who["rights"] if one["right"] == "force")
        self.assertEqual(force["what"], "forcer des valeurs")
        self.assertIn("il faut maintenance, engineer ou instructor pour forcer des valeurs", force["why"])
        status, answer, _ = plant.ask("/api/v1/who?as=Emil", Authorization="Bearer " + self.OLGA)
        self.assertEqual((status, answer["detail"]), (403, "this token is Olga's: nobody else speaks with it"))
        self.assertEqual(plant.ask("/api/v1/who?as=Ines", Authorization="Bearer " + self.ANY)[1]["role"], "instructor")

    def test_access_rules_are_told_of_each_unit(self):
        text = BOTTLING.read_text(encoding="utf-8").replace("server: {", "server: {access: [{from: 127.0.0.1, allow: read}], ", 1)
        plant = self.serve(text)
        who = plant.get("/who")
        self.assertEqual({one["allow"] for one in who["units"]}, {"read"})
        self.assertEqual([one["id"] for one in who["units"]], [unit["id"] for unit in plant.get("/units")])
        self.assertEqual((who["operators"], {one["may"] for one in who["rights"]}), (False, {True}))


if __name__ == "__main__":
    main()
