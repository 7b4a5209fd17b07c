# Shell library of tools/run and tools/test: the Debian packages they need, and a build folder that is configured only
# when something about it changed. Sourced, with $root set to the top of the tree and `set -euo pipefail` on.
# All that it prints goes to stderr, so that a caller's stdout is the program's alone.

build_packages=(
    gcc libc6-dev cmake ninja-build pkg-config
    make           # gcc optimises across files on all cores only where it finds make, and warns where it does not
    libxxhash-dev  # checksums of what is left when the program is killed; no more than a header
    libmodbus-dev  # register image, and the whole of mbplantctl
    libyaml-dev    # the plant file
    libuv1-dev     # event loop
    libsqlite3-dev # journal
    libjansson-dev # JSON
    libncurses-dev # mbplantctl watch
    libmicrohttpd-dev # HTTP: page, REST, stream, metrics
    libmosquitto-dev  # MQTT: the connection to a broker, in a thread of its own
    gzip           # the page is embedded packed
)
test_packages=(
    libcmocka-dev
    clang-format clang-tidy cppcheck                 # lint.*
    python3 python3-pymodbus python3-serial-asyncio  # pymodbus imports serial_asyncio for TCP too
    python3-yaml                                     # integration.tools: plant files that a tool writes
    python3-jsonschema                               # integration.schema: plant files by mbplantd --schema
    python3-pytest                                   # integration.python: the fixture of tools/python
    python3-hypothesis                               # conformance.stateful: random sequences, shrunk when they fail
    python3-pyte                                     # integration.watch: what a terminal shows
    python3-jsonschema                               # integration.web: answers are as openapi.json says
    chromium chromium-driver                         # browser.*: the page in a browser
    scdoc                                            # integration.documents: the manual pages
    socat                                            # integration.lines: both ends of a serial line
    mbpoll tshark                                    # clients and a dissector that nobody here wrote
    mosquitto mosquitto-clients python3-paho-mqtt    # integration.mqtt: a broker, and clients that nobody here wrote
    openssl                                          # integration.mqtt: certificates of its own
    clang libclang-rt-dev                            # fuzz.*: libFuzzer
)
# For tools/package, and for the slow tests of it.
package_packages=(
    debhelper dpkg-dev   # a package of Debian
    scdoc                # the manual pages
    lintian              # what is wrong with it
    binutils             # readelf: which libraries a program wants
    xz-utils             # packs a container image
)

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# Prints those of the named packages that are not installed.
missing_packages() {
    local -A installed=()
    local status name
    while read -r status name; do
        if [[ $status == ii ]]; then
            installed[$name]=1
        fi
    done < <(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null)
    for name in "$@"; do
        if [[ -z ${installed[$name]:-} ]]; then
            printf '%s\n' "$name"
        fi
    done
}

# Runs a command as root, with sudo where we are not root already.
as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

can_be_root() {
    ((EUID == 0)) || command -v sudo >/dev/null
}

# apt without questions, also where debconf would like to ask (wireshark-common).
apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >&2
}

apt_update() {
    if [[ -z ${apt_is_updated:-} ]]; then
        apt_get update || say "apt-get update had errors; trying with the package lists as they are"
        apt_is_updated=1
    fi
}

# Installs those of the named packages that are missing. Costs one dpkg-query when none is.
need_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "no apt here: taking for granted that this is installed: $*"
        return
    fi
    local missing
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ! can_be_root; then
        die "packages are missing, and there is neither root nor sudo to install them; as root, run:" \
            "apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "installing ${missing[*]}"
    apt_update
    apt_get install --yes --no-install-recommends "${missing[@]}" ||
        die "apt-get could not install the packages above; see its messages, then start again"
}

# Unpacks one program of a package into FOLDER without installing it: for packages that would start a daemon.
# Not to get it is no failure: the tests that want it then say so and are skipped.
unpack_package() {
    local name=$1 folder=$2
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
        return
    fi
    say "unpacking $name into ${folder#"$root/"}"
    rm -rf "$folder"
    mkdir -p "$folder"
    if ! (cd "$folder" && apt-get -q download "$name" >&2); then
        if can_be_root; then
            apt_update
        fi
        (cd "$folder" && apt-get -q download "$name" >&2) || say "could not get $name: its tests will be skipped"
    fi
    find "$folder" -name '*.deb' -exec dpkg-deb -x {} "$folder" \;
}

# build FOLDER TARGET.. -- CMAKE_OPTION..  Builds targets (none = all) in FOLDER. Configures first when the options, the
# place of the tree or the set of CMakeLists.txt files are not those of the last time; ninja sees to all other changes.
build() {
    local folder=$1 targets=() wanted
    shift
    while [[ $1 != -- ]]; do
        targets+=("$1")
        shift
    done
    shift
    wanted=$(printf '%s\n' "$root" "$@" && cd "$root" && find src tools tests -name CMakeLists.txt | sort)
    if [[ ! -f $folder/build.ninja || $wanted != "$(cat "$folder/configured" 2>/dev/null)" ]]; then
        cmake --fresh -G Ninja -S "$root" -B "$folder" "$@" >&2
        printf '%s\n' "$wanted" >"$folder/configured"
    fi
    # what there is to do, and nothing where there is nothing
    ninja -C "$folder" --quiet "${targets[@]}" | sed -u '/^ninja: no work to do\.$/d' >&2
}
