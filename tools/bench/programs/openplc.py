"""OpenPLC's runtime as a master: built from a checkout of its sources (MBP_OPENPLC), for Debian has no package. DNP3, S7 and the pins of a
Raspberry Pi are left out; libmodbus is Debian's. It has no file to export to: its slave is written as its own page writes it, from the
plant's points."""
import os
import pathlib
import shutil
import subprocess

from common import CACHE, Missing, Running, points

FOLDER = CACHE / "openplc"
RUNTIME = FOLDER / "core" / "openplc"
PROGRAM = """PROGRAM watch
  VAR
    watched AT %IW100 : INT;
    hot AT %QX0.0 : BOOL;
  END_VAR
  hot := watched > 850;
END_PROGRAM

CONFIGURATION Config0
  RESOURCE Res0 ON PLC
    TASK cycle(INTERVAL := T#100ms, PRIORITY := 0);
    PROGRAM instance0 WITH cycle : watch;
  END_RESOURCE
END_CONFIGURATION
"""
# What the runtime calls and these builds leave out.
LEFT_OUT = {
    "oplc_snap7.h": "".join(f"static inline void {name}(void) {{}}\n" for name in ("initializeSnap7", "finalizeSnap7", "startSnap7", "stopSnap7")),
    "left_out.h": "struct _modbus;\n" + "".join(f"template <typename... A> static inline int {name}(A...) {{ return 0; }}\n" for name in (
        "modbus_enable_rpi", "modbus_configure_rpi_bcm_pin", "modbus_rpi_pin_export_direction", "modbus_rpi_pin_unexport_direction")),
}


def run(words, folder):
    done = subprocess.run(words, cwd=folder, shell=isinstance(words, str), capture_output=True, text=True, check=False, timeout=1800)
    if done.returncode:
        raise Missing(f"{words if isinstance(words, str) else words[0]}: " + " ".join((done.stderr or done.stdout).split())[-150:])


def compiler(source):
    """MATIEC, which comes with it: Structured Text to C."""
    matiec = source / "utils" / "matiec_src"
    for there in (source / "webserver" / "iec2c", matiec / "iec2c", FOLDER / "matiec_src" / "iec2c"):
        if there.exists():
            return there, matiec / "lib"
    for tool in ("autoreconf", "bison", "flex", "g++"):
        if not shutil.which(tool):
            raise Missing(f"{tool} is not here: MATIEC is built with it")
    shutil.copytree(matiec, FOLDER / "matiec_src", dirs_exist_ok=True)
    run("autoreconf -fi && ./configure CXXFLAGS='-O0 -w' CFLAGS='-O0 -w' && make", FOLDER / "matiec_src")
    return FOLDER / "matiec_src" / "iec2c", matiec / "lib"


def install():
    if RUNTIME.exists():
        return
    if "MBP_OPENPLC" not in os.environ:
        raise Missing("it has no package; MBP_OPENPLC names a checkout of Autonomy-Logic/OpenPLC_v3")
    source = pathlib.Path(os.environ["MBP_OPENPLC"]).resolve()
    core = RUNTIME.parent
    shutil.rmtree(core, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    iec2c, library = compiler(source)
    shutil.copytree(source / "webserver" / "core", core)
    shutil.copy(core / "hardware_layers" / "blank.cpp", core / "hardware_layer.cpp")
    shutil.copy(core / "dnp3_dummy.disabled", core / "dnp3.cpp")
    for name, text in LEFT_OUT.items():
        (core / name).write_text(text)
    (core / "watch.st").write_text(PROGRAM)
    run([iec2c, "-f", "-l", "-p", "-r", "-R", "-a", "-I", library, "watch.st"], core)
    run(f"g++ -std=c++11 {source}/utils/glue_generator_src/glue_generator.cpp -o glue_generator && ./glue_generator", core)
    run("g++ -std=gnu++11 -I lib -c -w Config0.c Res0.c && g++ -std=gnu++11 *.cpp *.o -include left_out.h -o openplc -I lib -pthread -fpermissive "
        "$(pkg-config --cflags --libs libmodbus) -lrt -w", core)


def run_of(rows, table, first=None, most=100):
    """(begin, how many): addresses of a table that have a point, without a hole, from first on or from the lowest."""
    taken = set()
    for row in rows.values():
        if row["table"] == table and row["unit_id"] == "1":
            taken.update(range(int(row["address"]), int(row["address"]) + int(row["count"])))
    begin = min(taken, default=0) if first is None else first
    count = 0
    while count < most and begin + count in taken:
        count += 1
    return begin, count


def start(plant, folder):
    """The runtime, which asks unit 1 for one range of each table: of holding registers the one that begins with TT101."""
    rows = points(plant)
    ranges = {"Discrete_Inputs": run_of(rows, "discrete_inputs"), "Coils": (0, 0), "Input_Registers": run_of(rows, "input_registers"),
              "Holding_Registers_Read": run_of(rows, "holding_registers", int(rows["TT101"]["address"])), "Holding_Registers": (0, 0)}
    words = {"name": "plant", "slave_id": 1, "protocol": "TCP", "address": "127.0.0.1", "IP_Port": plant.port, "RTU_Baud_Rate": 19200,
             "RTU_Parity": "None", "RTU_Data_Bits": 8, "RTU_Stop_Bits": 1, "RTU_TX_Pause": 0}
    for name, (begin, size) in ranges.items():
        words.update({f"{name}_Start": begin, f"{name}_Size": size})
    (folder / "mbconfig.cfg").write_text('Num_Devices = "1"\nPolling_Period = "100"\nTimeout = "1000"\n'
                                         + "".join(f'device0.{key} = "{value}"\n' for key, value in words.items()))
    return Running([RUNTIME], folder)
