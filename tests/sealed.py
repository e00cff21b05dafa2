"""Processes that get no socket of the internet, by the word of the kernel.

A filter of system calls, seccomp(2), in the words of classic BPF. Unlike a patched `socket` it also
holds for what C and C++ do. Sockets within the machine stay free.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
import sys

SOCKET = {"x86_64": 41, "aarch64": 198}.get(platform.machine(), 0)  # number of the system call
POSSIBLE = sys.platform == "linux" and SOCKET > 0
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2  # of prctl(2)
LOAD, SAME, RETURN = 0x20, 0x15, 0x06
KILLED, REFUSED, ALLOWED = 0x8000_0000, 0x0005_0000 | errno.EACCES, 0x7FFF_0000
NUMBER, FIRST_ARGUMENT = 0, 16  # offsets in struct seccomp_data


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """struct sock_filter: what to do, and how many steps to skip after a comparison."""
    return struct.pack("HBBI", code, then, otherwise, value)


def without_network(fate: int = KILLED) -> None:
    """Called in a new process before its program starts; holds for all that it starts in turn."""
    steps = [
        step(LOAD, NUMBER),
        step(SAME, SOCKET, otherwise=4),
        step(LOAD, FIRST_ARGUMENT),
        step(SAME, socket.AF_INET, then=1),
        step(SAME, socket.AF_INET6, otherwise=1),
        step(RETURN, fate),
        step(RETURN, ALLOWED),
    ]
    program = Program(len(steps), b"".join(steps))
    library = ctypes.CDLL(None, use_errno=True)
    for arguments in ((NO_NEW_PRIVILEGES, 1, 0, 0, 0), (SECCOMP, FILTER, ctypes.byref(program))):
        if library.prctl(*arguments):
            raise OSError(ctypes.get_errno(), "the kernel filters no system calls")
