"""Zabbix: the template as exported, imported by the API of a server of its own; items, a problem, an acknowledge in Zabbix. Server, agent,
database and frontend run in a root of their own (debootstrap), so that nothing is installed into this machine."""
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

from common import CACHE, Missing, Running, ask, compare, eventually, export, points, support, verdict

ROOT = CACHE / "zabbix-root"
PACKAGES = "postgresql,zabbix-server-pgsql,zabbix-frontend-php,php-pgsql,php-cli,zabbix-agent2,locales"
MIRROR = os.environ.get("MBP_DEBIAN", "http://deb.debian.org/debian")


def install():
    if (ROOT / "usr/sbin/zabbix_server").exists() and (ROOT / "usr/share/zabbix").exists() and not (ROOT / "debootstrap").exists():
        return
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        raise Missing("it needs root and debootstrap")
    done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", ROOT, MIRROR], capture_output=True, text=True,
                          check=False, timeout=1200)
    if done.returncode:
        raise Missing("debootstrap: " + " ".join(done.stdout.split())[-150:])


def inside(*words, user="postgres", **options):
    return subprocess.run(["chroot", f"--userspec={user}", ROOT, *map(str, words)], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}, **options)


class Server:
    """with Server(folder) as server: server.call(method, ..)."""

    def __init__(self, folder):
        self.folder, self.parts, self.token = folder, [], None
        self.ports = {name: support.free_port() for name in ("database", "agent", "server", "web")}
        self.work = ROOT / "tmp" / f"work{os.getpid()}"

    def __enter__(self):
        self.work.mkdir()
        self.work.chmod(0o777)
        try:
            self.start_database()
            self.start_zabbix()
            self.log_in()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for part in reversed(self.parts):
            part.__exit__()
        shutil.rmtree(self.work, ignore_errors=True)

    def run(self, name, *words, user="postgres"):
        folder = self.folder / name
        folder.mkdir()
        self.parts.append(Running(["chroot", f"--userspec={user}", ROOT, *words], folder, env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}))

    def place(self, name=""):
        return f"/{self.work.relative_to(ROOT)}/{name}"

    def sql(self, *words, **options):
        return inside("psql", "-q", "-h", "127.0.0.1", "-p", self.ports["database"], "-U", "postgres", *words, **options)

    def start_database(self):
        [bin_folder] = [path.parent for path in ROOT.glob("usr/lib/postgresql/*/bin/initdb")]
        programs = pathlib.Path("/") / bin_folder.relative_to(ROOT)
        inside(programs / "initdb", "-D", self.place("pg"), "-A", "trust", "-U", "postgres")
        self.run("database", programs / "postgres", "-D", self.place("pg"), "-p", self.ports["database"], "-c", "listen_addresses=127.0.0.1",
                 "-c", f"unix_socket_directories={self.place()}", "-c", "fsync=off")

        def there():
            try:
                return self.sql("-c", "select 1")
            except subprocess.CalledProcessError:
                return None
        eventually(there, "the database")
        self.sql("-c", "create database zabbix")
        for name in ("schema", "images", "data"):
            text = gzip.decompress((ROOT / f"usr/share/zabbix-server-pgsql/{name}.sql.gz").read_bytes()).decode()
            self.sql("zabbix", input=text)

    def start_zabbix(self):
        common = f"LogType=console\nPidFile={self.place('%s.pid')}\n"
        (self.work / "agent.conf").write_text(common % "agent" + f"ListenIP=127.0.0.1\nListenPort={self.ports['agent']}\nServer=127.0.0.1\nHostname=plc\n"
                                              f"ControlSocket={self.place('agent.sock')}\nPluginSocket={self.place('plugin.sock')}\n")
        (self.work / "server.conf").write_text(common % "server" + f"ListenIP=127.0.0.1\nListenPort={self.ports['server']}\nSocketDir={self.place()}\n"
                                               f"DBHost=127.0.0.1\nDBPort={self.ports['database']}\nDBName=zabbix\nDBUser=postgres\nAllowRoot=1\nStartPollers=5\nCacheSize=32M\n")
        self.run("agent", "zabbix_agent2", "-c", self.place("agent.conf"))
        self.run("server", "zabbix_server", "-f", "-c", self.place("server.conf"))
        web = self.work / "web"
        shutil.copytree(ROOT / "usr/share/zabbix", web, symlinks=True, ignore_dangling_symlinks=True)
        conf = web / "include/classes/core/CConfigFile.php"
        conf.write_text(conf.read_text().replace("'/etc/zabbix/zabbix.conf.php'", f"'{self.place('zabbix.conf.php')}'")
                        .replace("'/conf/zabbix.conf.php'", "'/../zabbix.conf.php'"))
        (self.work / "zabbix.conf.php").write_text(
            f"<?php $DB['TYPE']='POSTGRESQL'; $DB['SERVER']='127.0.0.1'; $DB['PORT']='{self.ports['database']}'; $DB['DATABASE']='zabbix'; $DB['USER']='postgres';"
            f"$DB['PASSWORD']=''; $DB['SCHEMA']=''; $DB['ENCRYPTION']=false; $DB['DOUBLE_IEEE754']=true; $ZBX_SERVER='127.0.0.1'; $ZBX_SERVER_PORT='{self.ports['server']}';"
            "$IMAGE_FORMAT_DEFAULT=IMAGE_FORMAT_PNG;")
        self.run("web", "php", "-S", f"127.0.0.1:{self.ports['web']}", "-t", self.place("web"))

    def call(self, method, **params):
        answer = ask(f"http://127.0.0.1:{self.ports['web']}/api_jsonrpc.php",
                     {"jsonrpc": "2.0", "method": method, "params": params, "id": 1, **({"auth": self.token} if self.token else {})})
        if answer is None:
            return None
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def log_in(self):
        self.token = eventually(lambda: self.call("user.login", user="Admin", password="zabbix"), "Zabbix's API")


def load(server, plant, folder):
    """Imports the template, makes a host with it; its id."""
    file = folder / "mbplant-zabbix.yaml"
    export(plant, "zabbix", file)
    rules = {name: {"createMissing": True, "updateExisting": True} for name in ("templates", "items", "triggers", "valueMaps")}
    rules["groups"] = {"createMissing": True, "updateExisting": True}
    server.call("configuration.import", format="yaml", source=file.read_text(encoding="utf-8"), rules=rules)
    server.call("configuration.import", format="yaml", source=file.read_text(encoding="utf-8"), rules=rules)  # again: nothing twice
    [template] = server.call("template.get", filter={"host": "mbplant by Modbus"})
    return server.call("host.create", host="plc", groups=[{"groupid": "2"}], templates=[{"templateid": template["templateid"]}],
                       interfaces=[{"type": 1, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": "", "port": str(server.ports["agent"])}])["hostids"][0]


def values(server, host, plant):
    """{point: last value} of what was polled, and how many items are not supported."""
    rows = points(plant)
    items = server.call("item.get", hostids=[host], output=["name", "key_", "lastvalue", "lastclock", "state", "value_type"])
    titles = {}
    for name, row in rows.items():
        owner, _, rest = name.partition(".")
        titles.setdefault(f"{owner} {row['label']}" + (f": {rest}" if rest else "") if row["label"] else name, name)
    known = {titles[item["name"]]: float(item["lastvalue"]) for item in items
             if item["name"] in titles and item["lastclock"] != "0" and item["value_type"] in ("0", "3")}
    return known, [item["name"] for item in items if item["state"] == "1"], len([item for item in items if item["value_type"] != "4"])


def check(plant, folder, table):
    plant.ctl("sim", "pause")
    with Server(folder) as server:
        host = load(server, plant, folder)

        def polled():
            known, _, all_items = values(server, host, plant)
            return len(known) >= all_items - 8
        eventually(polled, "a value of every item", 180)
        time.sleep(6)
        known, unsupported, _ = values(server, host, plant)
        good, wrong = compare(plant, known)
        names = [item["key_"] for item in server.call("item.get", hostids=[host], output=["key_"])]
        assert len(names) == len(set(names)) == len(re.findall(r"^ {10}key: ", (folder / "mbplant-zabbix.yaml").read_text(), re.M)), "items twice, or some missing"
        plant.ctl("sim", "resume")
        plant.ctl("write", "TT101", "135")
        problem = eventually(lambda: next((one for one in server.call("problem.get", hostids=[host], output="extend") if "TT101" in one["name"]), None), "a problem", 120)
        server.call("event.acknowledge", eventids=[problem["eventid"]], action=6, message="seen")
        [seen] = server.call("problem.get", eventids=[problem["eventid"]], output="extend", acknowledged=True) or [None]
        assert seen, "not acknowledged"
        table.add("Zabbix 6.0", installed="debootstrap", file_taken="configuration.import",
                  points_that_agree=verdict(good, wrong) + (f", {len(unsupported)} not supported" if unsupported else ""),
                  alarm_arrives=f"problem '{problem['name']}', severity {problem['severity']}", acknowledged_from_there="in Zabbix alone: its agent only reads")
