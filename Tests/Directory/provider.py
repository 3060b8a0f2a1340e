"""A whole OpenID provider (canaille) on a loopback port, for the test that signs in by it.

Arguments: the port, and where browsers are led back. It holds one user and two clients, one whose
ID tokens are signed with RS256 and one with ES256. The line `ready` and the user's subject are
printed once it listens.
"""

import logging
import sys

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc import jwk
from werkzeug.serving import make_server

PASSWORD = "Provider-pass-1"


def main() -> None:
    port, back = int(sys.argv[1]), sys.argv[2]
    logging.disable(logging.WARNING)
    keys = [
        jwk.RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True),
        jwk.ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True),
    ]
    app = create_app(
        config={
            "SECRET_KEY": "of this run only",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory"},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": keys},
        }
    )
    with app.app_context(), Backend.instance.session():
        user = models.User(
            user_name="li.na",
            password=PASSWORD,
            family_name="Li",
            formatted_name="Li Na",
            emails=["li@example.org"],
        )
        Backend.instance.save(user)
        for name, algorithm in (("karez", "RS256"), ("karez-ec", "ES256")):
            client = models.Client(
                client_id=name,
                client_secret="of this run only",
                client_name=name,
                redirect_uris=[back],
                grant_types=["authorization_code"],
                response_types=["code"],
                scope=["openid"],
                token_endpoint_auth_method="client_secret_basic",
                id_token_signed_response_alg=algorithm,
            )
            Backend.instance.save(client)
            # Whom its tokens are for: the provider lets an operator say so afterwards.
            client.audience = [client]
            Backend.instance.save(client)
    server = make_server("127.0.0.1", port, app, threaded=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
