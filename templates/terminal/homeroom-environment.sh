# /etc/profile sets PATH anew in a login shell, which is what JupyterLab's terminals are: there the shared
# environment's pip and python come first again.
case "${JUPYTER_RUNTIME_DIR:-}" in
/run/homeroom-servers/*) PATH=/opt/homeroom/environment/bin:$PATH:/opt/homeroom/commands ;;
esac
