"""What can go wrong with who somebody is."""


class NotSignedIn(Exception):
    """Nobody was recognised by what was sent. The message says why, for the log of whoever runs the server only."""


class TooManyAttempts(Exception):
    """Wrong passwords came too often; `seconds` until the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"There were too many wrong passwords; try again in {seconds} seconds.")
        self.seconds = seconds


class UnusableIssuer(ValueError):
    """The settings of the issuer cannot be used; the message is one sentence that names the setting."""


class IssuerUnavailable(Exception):
    """The issuer's keys cannot be had, so no token can be checked; the message is one sentence."""


class AccountError(ValueError):
    """A user or key cannot be made, changed or found as asked; the message is one sentence."""
