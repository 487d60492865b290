"""As whom AWS is called, and whether it may be changed."""

from dataclasses import dataclass


class NoAws(Exception):
    """Neither an endpoint nor credentials are there: nothing can be called."""


@dataclass(frozen=True)
class Identity:
    """Where the calls go, and as whom: `kind` is "embedded", "aws" or "none".

    `reason` says why who asks can change nothing; it is empty where they can. `name` is that of the account in
    TRELLIS_ACCOUNTS, empty where the calls are made with the dashboard's own credentials.
    """

    kind: str
    account: str = ""
    arn: str = ""
    problem: str = ""
    reason: str = ""
    name: str = ""

    @property
    def read_only(self) -> bool:
        """Whether who asks can change nothing: a real account on which changes are off, or a role that only reads."""
        return bool(self.reason)

    @property
    def label(self) -> str:
        """The account as people write it: AWS's 1234-5678-9012, the embedded one's plain digits."""
        digits = self.account
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}" if self.kind == "aws" and digits else digits


@dataclass
class Gate:
    """Until when (epoch seconds) a real account may be changed: app.access.switch sets it."""

    until: float = 0.0
