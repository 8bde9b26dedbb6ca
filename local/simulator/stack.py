"""What was deployed: the stack file and the access tokens, read again whenever they change."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from local.simulator.errors import Json

logger = logging.getLogger(__name__)

# The id of a WhatsApp business account; nobody checks it, but it stands in every webhook.
ACCOUNT_ID = "100000000000001"


@dataclass(frozen=True, slots=True)
class Office:
    """What the simulator must know of one deployed office."""

    key: str
    webhook_url: str
    phone_number_id: str
    display_phone_number: str
    app_secret: str
    timezone: str
    gives_the_day: bool


class ReloadedJson:
    """A JSON object in a file that another program writes, read again whenever the file has changed.

    A file that is absent, or caught half written, counts as an empty object (or as what it was before).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int, int] | None = None
        self._content: Json = {}

    def read(self) -> Json:
        """Return the content as of now."""
        try:
            facts = self.path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
            if stamp != self._stamp:
                content = json.loads(self.path.read_bytes())
                if not isinstance(content, dict):
                    raise TypeError(f"{type(content).__name__} instead of an object")
                self._content, self._stamp = content, stamp
        except FileNotFoundError:
            self._content, self._stamp = {}, None
        except (ValueError, TypeError) as error:
            logger.warning("%s is not readable yet: %s", self.path, error)
        return self._content


class Stack:
    """The deployed offices."""

    def __init__(self, stack_file: Path, tokens_file: Path) -> None:
        self._stack = ReloadedJson(stack_file)
        self._tokens = ReloadedJson(tokens_file)

    def offices(self) -> dict[str, Office]:
        """Return the offices by key; empty before the first deployment. An incomplete one is left out and logged."""
        found: dict[str, Office] = {}
        for key, entry in self._stack.read().get("offices", {}).items():
            try:
                found[key] = Office(
                    key=key,
                    webhook_url=entry["webhook_url"],
                    phone_number_id=str(entry["phone_number_id"]),
                    display_phone_number=str(entry["display_phone_number"]),
                    app_secret=entry["app_secret"],
                    timezone=entry.get("timezone", "Asia/Jakarta"),
                    gives_the_day=entry.get("gives_the_day", False),
                )
            except KeyError as error:
                logger.warning("office %s in %s lacks %s", key, self._stack.path, error)
        return found

    def office_of(self, phone_number_id: str) -> Office | None:
        """Return the office that owns a number id, if it is deployed."""
        return next((one for one in self.offices().values() if one.phone_number_id == phone_number_id), None)

    def tokens(self) -> dict[str, str]:
        """Return the access token of each phone number id."""
        tokens = {str(number): str(token) for number, token in self._tokens.read().items()}
        if not tokens:
            logger.warning("no access token is known: %s is absent or empty", self._tokens.path)
        return tokens
