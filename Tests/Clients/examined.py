"""What the clients' tests share: one line a test, a count at the end."""
import json
import sys
import traceback
import urllib.request


def ask(address):
    with urllib.request.urlopen(address, timeout=600) as answer:
        return json.loads(answer.read())


class Examined:
    """Runs one test after another on the same ground; what fails does not stop the rest."""

    def __init__(self, ground):
        self.ground = ground

    def all(self, *tests):
        passed = failed = 0
        for test in tests:
            name = test.__name__.replace("_", " ")
            try:
                test(self.ground)
                passed += 1
                print(f"ok {name}", flush=True)
            except Exception as error:  # whatever a client says is a failure of that test
                failed += 1
                place = traceback.extract_tb(error.__traceback__)[-1]
                print(f"FAILED {name}: {type(error).__name__}: {error} ({place.name}:{place.lineno})",
                      flush=True)
        print(f"{passed} passed, {failed} failed", flush=True)
        sys.exit(1 if failed or not passed else 0)
