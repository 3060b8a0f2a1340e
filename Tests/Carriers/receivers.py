"""Servers that notices are carried to, on free loopback ports, for the test that carries them.

Argument: a folder. What arrives lies there as `mail-N.json` and `hook-N.json`; the line printed is
`ready` and, as JSON, the ports: mail that is taken (`plain`), taken over STARTTLS from whoever signs
in (`secure`, its certificate is `ca.pem` in the folder), refused (`refusing`), put off (`busy`) or
never answered (`hanging`), and `web`, which answers as its path says.
"""

import json
import pathlib
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

FOLDER = pathlib.Path(sys.argv[1])
LOCK = threading.Lock()
COUNT = {"mail": 0, "hook": 0}


def keep(kind: str, what: dict) -> None:
    with LOCK:
        COUNT[kind] += 1
        half = FOLDER / f"{kind}.half"
        half.write_text(json.dumps(what))
        half.rename(FOLDER / f"{kind}-{COUNT[kind]}.json")


class Mailbox:
    """Takes every mail, or answers its recipient with a line of its own."""

    def __init__(self, answer: str | None = None):
        self.answer = answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        keep(
            "mail",
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "data": envelope.content.decode("ascii"),
                "isSecure": session.ssl is not None,
                "isSignedIn": bool(session.authenticated),
            },
        )
        return "250 taken"


class Hooks(BaseHTTPRequestHandler):
    """Keeps what is posted; the path says with which status it is answered."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = int(self.path.rsplit("/", 1)[1])
        keep(
            "hook",
            {"path": self.path, "headers": dict(self.headers), "body": body.decode("utf-8")},
        )
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/hook/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        keep("hook", {"path": self.path, "headers": {}, "body": ""})
        self.send_error(405)


def certificate() -> ssl.SSLContext:
    names = [str(FOLDER / name) for name in ("key.pem", "ca.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        + ["-keyout", names[0], "-out", names[1]],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(names[1], names[0])
    return context


def signed_in(server, session, envelope, mechanism, data):
    isKnown = isinstance(data, LoginPassword) and data.password == b'of "this" run\\only'
    return AuthResult(success=isKnown, handled=False)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def mail(handler: Mailbox, **more) -> int:
    port = free_port()
    Controller(handler, hostname="127.0.0.1", port=port, **more).start()
    return port


def main() -> None:
    hanging = socket.create_server(("127.0.0.1", 0))
    web = ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    ports = {
        "plain": mail(Mailbox()),
        "secure": mail(
            Mailbox(),
            tls_context=certificate(),
            require_starttls=True,
            auth_required=True,
            authenticator=signed_in,
        ),
        "refusing": mail(Mailbox("550 nobody of that name")),
        "busy": mail(Mailbox("451 come back later")),
        "hanging": hanging.getsockname()[1],
        "web": web.server_port,
    }
    print("ready", json.dumps(ports), flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
