"""The packages of tools/package, as somebody has them who has nothing else: an archive that brings its libraries, a container
image, a package of Debian that is installed, upgraded and purged. Slow."""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import tarfile
import tempfile
import time
import unittest

import support

TOOLS = support.ROOT / "tools" / "package"
DEBIAN = support.BUILD.parent / "packages"  # a clean one is made there, once
IMAGE_BYTES = 8_000_000
FIRST_VALUE_S = 5 * 6  # 5 s alone; here others have the processors too
NOBODYS = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def made(name, *options, folder):
    """The path that a tool prints, of what it made of the release build."""
    result = support.run(TOOLS / name, "-o", folder, *options, check=True, timeout=1000)
    return pathlib.Path(result.stdout.splitlines()[-1])


def extract(archive, folder, **options):
    """All of it, owners too where we are root: newer Pythons have to be asked for that."""
    trusted = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
    archive.extractall(folder, **options, **trusted)


class Made(unittest.TestCase):
    def folder(self, name="mbplant-"):
        return pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix=name)))


class Portable(Made):
    @classmethod
    def setUpClass(cls):
        cls.made = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        support.program("readelf")
        cls.archive = made("portable", "--build", support.BUILD, folder=cls.made)

    def unpack(self, folder):
        with tarfile.open(self.archive) as archive:
            extract(archive, folder)
        return next(folder.iterdir())

    def test_first_value_comes_soon_after_unpacking(self):
        folder = self.folder("a place of ours ")
        environment = dict(NOBODYS, HOME=str(folder))
        begin = time.monotonic()
        top = self.unpack(folder)
        (top / "command").write_text(f'exec "{top}/mbplantctl" read TT101\n', encoding="utf-8")
        told = support.run(top / "mbplantd", top / "share/mbplant/bottling.yaml", "--exec", f'sh "{top}/command"', environment=environment)
        self.assertRegex(told.stdout, r"^TT101 = [0-9.]+ °C", told.stderr)
        self.assertLess(time.monotonic() - begin, FIRST_VALUE_S)

    def test_nothing_of_the_system_is_used(self):
        top = self.unpack(self.folder())
        environment = dict(NOBODYS, HOME=str(top))
        link = self.folder() / "mbplantd"
        link.symlink_to(os.path.relpath(top / "mbplantd", link.parent))
        with subprocess.Popen([link, "-l", "127.0.0.1:0", "--http", "127.0.0.1:0", top / "share/mbplant/bottling.yaml"],
                              stdout=subprocess.PIPE, text=True, env=environment) as plant:
            out = support.Output(plant.stdout)
            port = out.wait_for(support.LISTENING).group(1)
            mapped = set(re.findall(r" (/\S.*)$", pathlib.Path(f"/proc/{plant.pid}/maps").read_text(encoding="utf-8"), re.MULTILINE))
            told = support.run("mbplantctl", "-p", port, "read", "TT101", environment=dict(environment, PATH=f"{top}:{NOBODYS['PATH']}"),
                               check=True)
            plant.terminate()
        self.assertEqual(plant.returncode, 0)
        self.assertIn("TT101 = ", told.stdout)
        self.assertIn(f"{top}/lib/libc.so.6", mapped)
        self.assertEqual({path for path in mapped if not path.startswith(f"{top}/")}, set())

    def test_library_that_a_broker_takes_comes_from_the_archive(self):
        """mbplantd opens it by name, when a plant has a broker."""
        top = self.unpack(self.folder())
        plant = top / "broker.yaml"
        plant.write_text((top / "share/mbplant/hello.yaml").read_text(encoding="utf-8") + "mqtt: {broker: 'mqtt://127.0.0.1:1'}\n", encoding="utf-8")
        told = support.run(top / "mbplantd", "-l", "127.0.0.1:0", "--http", "off", "-d", top / "data", plant, "--exec",
                           "grep -o '/[^ ]*libmosquitto[^ ]*' /proc/$PPID/maps | sort -u", environment=dict(NOBODYS, HOME=str(top)))
        self.assertIn(f"{top}/lib/libmosquitto.so.1", told.stdout.splitlines(), told.stderr)

    def test_licences_of_all_that_is_brought_along_are_there(self):
        top = self.unpack(self.folder())
        told = top / "share/doc/mbplant/libraries"
        versions = (told / "VERSIONS").read_text(encoding="utf-8").splitlines()
        libraries = [path for path in (top / "lib").iterdir() if path.name.startswith("lib")]
        self.assertGreater(len(libraries), 10)
        self.assertTrue(all((told / f"{line.split()[0]}.copyright").stat().st_size > 0 for line in versions))
        self.assertTrue(any(line.startswith("libc6 ") for line in versions))
        self.assertEqual((top / "share/doc/mbplant/LICENSE").read_bytes(), (support.ROOT / "LICENSE").read_bytes())

    def test_same_build_gives_the_same_bytes(self):
        again = made("portable", "--build", support.BUILD, folder=self.folder())
        self.assertEqual(again.name, self.archive.name)
        self.assertEqual(hashlib.sha256(again.read_bytes()).digest(), hashlib.sha256(self.archive.read_bytes()).digest())


class Image(Made):
    def test_image_is_small_whole_and_runs(self):
        support.program("readelf")
        path = made("image", "--build", support.BUILD, folder=self.folder())
        self.assertLessEqual(path.stat().st_size, IMAGE_BYTES)
        with tarfile.open(path) as archive:
            blobs = {name: archive.extractfile(name).read() for name in archive.getnames() if archive.getmember(name).isfile()}

        def blob(told):
            data = blobs[f"blobs/{told['digest'].replace(':', '/')}"]
            self.assertEqual((f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)), (told["digest"], told["size"]))
            return data
        self.assertEqual(json.loads(blobs["oci-layout"]), {"imageLayoutVersion": "1.0.0"})
        manifest = json.loads(blob(json.loads(blobs["index.json"])["manifests"][0]))
        config = json.loads(blob(manifest["config"]))
        layer = blob(manifest["layers"][0])
        self.assertEqual([f"sha256:{hashlib.sha256(layer).hexdigest()}"], config["rootfs"]["diff_ids"])
        docker = json.loads(blobs["manifest.json"])[0]
        self.assertEqual((docker["Config"], docker["Layers"]),
                         tuple(f"blobs/{m['digest'].replace(':', '/')}" if isinstance(m, dict) else
                               [f"blobs/{one['digest'].replace(':', '/')}" for one in m] for m in (manifest["config"], manifest["layers"])))
        self.run_it(layer, config["config"])

    def run_it(self, layer, config):
        if os.geteuid() != 0:
            self.skipTest("a root of its own is for root alone")
        folder = self.folder()
        (folder / "layer").write_bytes(layer)
        with tarfile.open(folder / "layer") as archive:
            extract(archive, folder / "root", numeric_owner=True)
        try:
            os.mkdir(folder / "root/dev")
            os.mknod(folder / "root/dev/null", 0o20666, os.makedev(1, 3))
            os.chmod(folder / "root/dev/null", 0o666)
        except PermissionError:
            self.skipTest("there may be no devices here")
        chroot = [support.program("chroot"), f"--userspec={config['User']}", folder / "root"]
        environment = dict(pair.split("=", 1) for pair in config["Env"])
        words = [word.replace(":5020", ":0").replace(":8020", ":0") for word in config["Entrypoint"] + config["Cmd"]]
        with subprocess.Popen([*chroot, f"/usr/bin/{words[0]}", *words[1:]], stdout=subprocess.PIPE, text=True, env=environment) as plant:
            out = support.Output(plant.stdout)
            port = out.wait_for(re.compile(r"^Modbus TCP  0\.0\.0\.0:(\d+)")).group(1)
            self.assertTrue(out.wait_for(re.compile("^data +/data$")))
            told = support.run(*chroot, "/usr/bin/mbplantctl", "-p", port, "write", "TT101", "92", environment=environment, check=True)
            plant.terminate()
        self.assertEqual(plant.returncode, 0)
        self.assertIn("TT101 = 92.0 °C", told.stdout)
        self.assertTrue((folder / "root/data/journal.db").exists())


class Deb(Made):
    def test_package_is_installed_upgraded_and_purged(self):
        if os.geteuid() != 0:
            self.skipTest("a Debian of its own is for root alone")
        support.program("debootstrap")
        support.program("dh")
        made_in = self.folder()
        package = made("deb", "--version", "1.0.0~1", folder=made_in)
        debian = DEBIAN / "debian"
        tried = support.run(TOOLS / "try_deb", package, debian, timeout=1000)
        if tried.returncode == support.SKIPPED:
            self.skipTest(tried.stderr.strip().splitlines()[-1])
        self.assertEqual(tried.returncode, 0, tried.stdout + tried.stderr)


if __name__ == "__main__":
    support.main()
