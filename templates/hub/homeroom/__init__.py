"""Homeroom's part of JupyterHub: loaded by the hub, by the culler and, a little of it, by each student's server."""
