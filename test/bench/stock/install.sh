#!/bin/sh
# The stock hub, as a person without Homeroom would make it and as The Littlest JupyterHub arranges it. Run again it
# does what the first run left to do and restarts the hub. In the folder of this script lie Node and
# configurable-http-proxy, fetched beforehand: a proxy that comes as one file costs such an install nearly nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
stock=/opt/stock
packages="python3-venv python3-pip git build-essential"

# shellcheck disable=SC2086 # a list of words
if ! dpkg -s $packages >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install --yes $packages
fi

mkdir -p "$stock" /var/lib/stock
[ -e "$stock/hub/bin/python" ] || python3 -m venv "$stock/hub"
"$stock/hub/bin/pip" install jupyterhub jupyterhub-systemdspawner jupyterhub-firstuseauthenticator \
  jupyterhub-nativeauthenticator jupyterhub-ldapauthenticator oauthenticator jupyterhub-idle-culler pycurl
[ -e "$stock/user/bin/python" ] || python3 -m venv "$stock/user"
"$stock/user/bin/pip" install jupyterhub jupyterlab notebook nbgitpuller jupyter-resource-usage ipywidgets

[ -e "$stock/proxy" ] || cp -a "$here/proxy" "$stock/proxy"
cp "$here/jupyterhub_config.py" "$stock/"
cp "$here/stock-hub.service" "$here/stock-proxy.service" /etc/systemd/system/
[ -e "$stock/token" ] ||
  (umask 077 && echo "CONFIGPROXY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >"$stock/token")
systemctl daemon-reload
systemctl enable stock-proxy.service stock-hub.service
systemctl restart stock-proxy.service
systemctl restart stock-hub.service
