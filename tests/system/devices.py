"""A bridge's client with the ports of several devices, as a2jmidid shows them.

A process of its own: `python devices.py NAME...`, each name as the hexadecimal digits of
its bytes, for names need not be UTF-8. It says "ready", and stays until it is ended.
"""

from __future__ import annotations

import ctypes
import signal
import sys


def main() -> None:
    jack = ctypes.CDLL("libjack.so.0")
    jack.jack_client_open.restype = jack.jack_port_register.restype = ctypes.c_void_p
    client = ctypes.c_void_p(jack.jack_client_open(b"a2j", 1, None))
    is_output = ctypes.c_ulong(2)
    for digits in sys.argv[1:]:
        name = ctypes.c_char_p(bytes.fromhex(digits))
        kind = ctypes.c_char_p(b"8 bit raw midi")
        if not jack.jack_port_register(client, name, kind, is_output, ctypes.c_ulong(0)):
            sys.exit("the port is refused")
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    signal.pause()


if __name__ == "__main__":
    main()
