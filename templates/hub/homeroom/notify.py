"""Tells systemd how a service does (sd_notify(3)) and takes the sockets that systemd holds for it."""

import os
import socket


def take_notify_socket():
    """The address to notify, taken out of the environment so that no child of ours speaks in our name."""
    return os.environ.pop("NOTIFY_SOCKET", None)


def notify(address, message):
    """Sends one message; without an address (not started by systemd) nothing happens."""
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.sendto(message.encode(), "\0" + address[1:] if address[0] == "@" else address)


def take_listening_sockets():
    """The sockets that systemd passed to this process, by the name in `FileDescriptorName=` (sd_listen_fds(3))."""
    ours = os.environ.pop("LISTEN_PID", None) == str(os.getpid())
    count = int(os.environ.pop("LISTEN_FDS", "0"))
    names = os.environ.pop("LISTEN_FDNAMES", "").split(":")
    if not ours:
        return {}
    sockets = {}
    for name, descriptor in zip(names, range(3, 3 + count)):
        os.set_inheritable(descriptor, False)
        held = socket.socket(fileno=descriptor)
        held.setblocking(False)
        sockets[name] = held
    return sockets
