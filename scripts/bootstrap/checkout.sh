# shellcheck shell=bash disable=SC2154  # the variables are those of bootstrap.sh
# The part of bootstrap.sh for a checkout: fetch Node and npm, build the release, go on with its bootstrap.sh.

npm_version='11.21.2'
npm_integrity='sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A=='

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
  exec "$here/build/bootstrap.sh" "${options[@]}" ${sandbox:+"--sandbox"} ${vm:+"--vm"}
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
