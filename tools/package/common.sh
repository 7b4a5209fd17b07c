# Shell library of the programs here. Sourced, with $root set to the top of the tree and tools/deps.sh before it.

out=$root/build/package

# Whether the tree is a repository, and not a folder within one: that one's commits are not this tree's.
is_repository() {
    [[ $(git -C "$root" rev-parse --show-toplevel 2>/dev/null) == "$(realpath "$root")" ]]
}

# Of the same source always the same bytes: what has a time gets that of the last commit.
source_date() {
    if [[ -n ${SOURCE_DATE_EPOCH:-} ]]; then
        printf '%s\n' "$SOURCE_DATE_EPOCH"
    elif ! { is_repository && git -C "$root" log -1 --format=%ct 2>/dev/null; }; then
        stat -c %Y "$root/CMakeLists.txt" # an archive that git made gives all files that time
    fi
}

# What is being made says itself to be older than the release that it will be.
source_version() {
    local number
    number=$(sed -n 's/^project(mbplant VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
    printf '%s~%s\n' "$number" "$(LC_ALL=C TZ=UTC date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M)"
}

# export_tree FOLDER: the source alone, all of it of one time and with modes that no umask changes.
export_tree() {
    local folder=$1
    rm -rf "$folder"
    mkdir -p "$folder"
    if is_repository; then
        git -C "$root" ls-files -z | (cd "$root" && xargs -r -0 ls -d 2>/dev/null || true) | tar -C "$root" -c -T - | tar -C "$folder" -x
    else
        tar -C "$root" -c --exclude='./build*' --exclude=./.git . | tar -C "$folder" -x
    fi
    same_times "$folder"
}

# choose_machine ARCH: sets triplet, compiler, readelf, and machine_options for cmake when ARCH is not this machine's
choose_machine() {
    compiler=cc
    readelf=readelf
    machine_options=()
    case $1 in
    amd64) triplet=x86_64-linux-gnu ;;
    arm64) triplet=aarch64-linux-gnu ;;
    *) die "'$1' is no machine that this is made for: amd64 or arm64" ;;
    esac
    if [[ $1 == "$(dpkg --print-architecture)" ]]; then
        return
    fi
    compiler=$triplet-gcc
    readelf=$triplet-readelf
    command -v "$compiler" >/dev/null || die "no $compiler here: tools/package/README.md says how to get it"
    # what pkg-config finds must be the other machine's alone
    export PKG_CONFIG_LIBDIR=/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig
    machine_options=(-DCMAKE_SYSTEM_NAME=Linux "-DCMAKE_SYSTEM_PROCESSOR=${triplet%%-*}" "-DCMAKE_C_COMPILER=$compiler"
        "-DCMAKE_LIBRARY_ARCHITECTURE=$triplet" "-DCMAKE_STRIP=/usr/bin/$triplet-strip")
}

# release_build FOLDER [CMAKE_OPTION..]: a release build in FOLDER of all that is installed
release_build() {
    build "$1" mbplantd mbplantctl man -- -DCMAKE_BUILD_TYPE=Release -DMBP_TESTS=OFF "${@:2}"
}

# read_options WORD..: of portable and image. Sets arch, folder (a release build, made where none was named), out and version.
read_options() {
    local here
    here=$(dpkg --print-architecture)
    arch=$here
    folder=
    while (($# > 0)); do
        case $1 in
        --arch) arch=$2 && shift 2 ;;
        --build) folder=$(cd "$2" && pwd) && shift 2 ;;
        -o) out=$(mkdir -p "$2" && cd "$2" && pwd) && shift 2 ;;
        *) usage ;;
        esac
    done
    choose_machine "$arch"
    if [[ $arch == "$here" && -z $folder ]]; then
        need_packages "${build_packages[@]}" scdoc binutils xz-utils
    fi
    SOURCE_DATE_EPOCH=$(source_date)
    export SOURCE_DATE_EPOCH
    version=$(source_version)
    if [[ -z $folder ]]; then
        folder=$root/build/release
        if [[ $arch != "$here" ]]; then
            folder=$root/build/package/$arch
        fi
        release_build "$folder" "${machine_options[@]}"
    fi
    mkdir -p "$out"
}

# The comment at the head of the program that is running.
usage() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# library NAME: where that library of the chosen machine is: the system's own, or what the compiler finds
library() {
    local path
    for path in "/lib/$triplet/$1" "/usr/lib/$triplet/$1" "$("$compiler" "-print-file-name=$1")"; do
        if [[ $path == /* && -e $path ]]; then
            realpath --no-symlinks "$path"
            return
        fi
    done
    die "no library $1 is here for $triplet"
}

# needed_by FILE..: names of the libraries that these want
needed_by() {
    "$readelf" --wide --dynamic "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | sort -u
}

# opened_by PROGRAM..: names of the libraries that these open when they need them (mbplant/base/library.h)
opened_by() {
    cat "$@" | grep -a -o -E 'lib(mosquitto|microhttpd)\.so\.[0-9]+' | sort -u || true
}

# libraries_of PROGRAM..: the paths of all shared libraries that the programs want or open, and those want in their turn; but not
# their loader. Of another machine's programs too, which cannot be run here.
libraries_of() {
    local name path names
    local -A seen=()
    local queue=("$@")
    while ((${#queue[@]} > 0)); do
        mapfile -t names < <(needed_by "${queue[@]}" && opened_by "${queue[@]}")
        queue=()
        for name in "${names[@]}"; do
            if [[ -n ${seen[$name]:-} || $name == ld-linux* ]]; then
                continue
            fi
            seen[$name]=1
            path=$(library "$name")
            queue+=("$path")
            printf '%s\n' "$path"
        done
    done
}

# loader_of PROGRAM: the path that its interpreter must have
loader_of() {
    "$readelf" --wide --program-headers "$1" | sed -n 's/.*\[Requesting program interpreter: \(.*\)\]$/\1/p'
}

# package_of FILE: the package of Debian that it came with, and its version; or nothing
package_of() {
    local file
    file=$(realpath --no-symlinks "$1")
    for file in "$file" "${file#/usr}" "/usr$file" "$(realpath "$file")"; do
        dpkg-query -S "$file" 2>/dev/null || true
    done | sed -n 's/^\([^,]*\): .*/\1/p' | head -n 1
}

# tell_of_libraries FOLDER LIBRARY..: puts the licences of all that is brought along into FOLDER, and a list of versions.
tell_of_libraries() {
    local folder=$1 package
    shift
    mkdir -p "$folder"
    for library in "$@"; do
        package_of "$library"
    done | sort -u | while read -r package; do
        printf '%s %s\n' "${package%%:*}" "$(dpkg-query -W -f='${Version} from source ${source:Package}' "$package")"
        cp -L "/usr/share/doc/${package%%:*}/copyright" "$folder/${package%%:*}.copyright"
    done >"$folder/VERSIONS"
    cp -L /usr/share/doc/libxxhash-dev/copyright "$folder/libxxhash-dev.copyright" # compiled in: src/base/checksum.c
    # texts that these name
    grep -h -o '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' "$folder"/*.copyright | sort -u | while read -r text; do
        cp -L "$text" "$folder/"
    done
}

# copy_terminals FOLDER: what mbplantctl watch knows of terminals, for systems that have nothing of it
copy_terminals() {
    local terminals
    for terminals in /lib/terminfo /usr/lib/terminfo /usr/share/terminfo; do
        if [[ -d $terminals/x ]]; then
            cp -RL "$terminals" "$1"
            return
        fi
    done
}

# same_times FOLDER: like export_tree's
same_times() {
    chmod -R u=rwX,go=rX "$1"
    find "$1" -exec touch --no-dereference -d "@$SOURCE_DATE_EPOCH" {} +
}

# packed FOLDER NAME..: a tar of these on stdout, always the same bytes of the same files
packed() {
    tar -C "$1" -c --format=ustar --sort=name --owner=0 --group=0 --numeric-owner "${@:2}"
}

# make_root FOLDER ARCH PACKAGE..: a Debian of this one's release in FOLDER, with these packages, of which ARCH's may be some
make_root() {
    local folder=$1 arch=$2 suite mirror
    shift 2
    ((EUID == 0)) || die "only root can make a Debian of its own"
    suite=$(. /etc/os-release && printf '%s\n' "$VERSION_CODENAME")
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    if [[ ! -f $folder/made ]]; then
        say "a $suite of its own in $folder"
        rm -rf "$folder"
        debootstrap --variant=minbase "$suite" "$folder" "${mirror:-http://deb.debian.org/debian}" >"$folder.log" 2>&1 ||
            die "debootstrap could not make it: $folder.log"
        touch "$folder/made"
    fi
    if [[ $arch != "$(dpkg --print-architecture)" ]]; then
        in_root "$folder" dpkg --add-architecture "$arch"
    fi
    if (($# > 0)); then
        in_root "$folder" apt-get -q update >>"$folder.log" 2>&1
        in_root "$folder" apt-get -q --yes --no-install-recommends install "$@" >>"$folder.log" 2>&1 ||
            die "packages could not be installed there: $folder.log"
    fi
}

# in_root FOLDER COMMAND..: runs it there. What it mounts is gone with it.
in_root() {
    local folder=$1
    shift
    unshare --mount -- /bin/sh -c 'root=$1
        shift
        mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" &&
            exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
                LC_ALL=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} ${SOURCE_DATE_EPOCH:+SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH"} \
                chroot "$root" "$@"' sh "$folder" "$@"
}
