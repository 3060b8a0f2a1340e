"""Asks a FastCGI program for one page after another over one socket file, as a web server would.

Source: FastCGI Specification 1.0; one request at a time.
"""
import pathlib
import socket
import struct

BEGIN, END, PARAMS, INPUT, OUTPUT = 1, 3, 4, 5, 6
HEAD = struct.Struct(">BBHHBx")


def listener(path: pathlib.Path) -> socket.socket:
    """The socket a program is to be started with as its standard input."""
    path.unlink(missing_ok=True)
    own = socket.socket(socket.AF_UNIX)
    own.bind(str(path))
    own.listen(8)
    return own


def ask(path: pathlib.Path, query: str) -> bytes:
    """The body of the answer to a GET."""
    given = {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "SERVER_PROTOCOL": "HTTP/1.1",
             "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SCRIPT_NAME": "/"}
    pairs = b"".join(_pair(name.encode(), value.encode()) for name, value in given.items())
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(path))
        link.sendall(_record(BEGIN, struct.pack(">HB5x", 1, 0)) + _record(PARAMS, pairs)
                     + _record(PARAMS, b"") + _record(INPUT, b""))
        out = bytearray()
        with link.makefile("rb") as stream:
            while True:
                _, kind, _, length, padding = HEAD.unpack(stream.read(HEAD.size))
                piece = stream.read(length)
                stream.read(padding)
                if kind == OUTPUT:
                    out += piece
                elif kind == END:
                    break
    return bytes(out).partition(b"\r\n\r\n")[2]


def _record(kind: int, content: bytes) -> bytes:
    return HEAD.pack(1, kind, 1, len(content), 0) + content


def _pair(name: bytes, value: bytes) -> bytes:
    def length(text: bytes) -> bytes:
        return bytes([len(text)]) if len(text) < 128 else struct.pack(">I", len(text) | 1 << 31)

    return length(name) + length(value) + name + value
