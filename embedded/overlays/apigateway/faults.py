"""The errors of API Gateway's control plane, in its own words where they are known."""

CLASHES = {"ConflictException": 409, "NotFoundException": 404, "LimitExceededException": 429}


class Fault(Exception):
    """An answer that is an error: AWS's code and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.status = CLASHES.get(code, 400)


def missing(what: str) -> Fault:
    """Return the error for something that does not exist: `Invalid Resource identifier specified`."""
    return Fault("NotFoundException", f"Invalid {what} specified")


def bad(message: str) -> Fault:
    """Return the error for what cannot be."""
    return Fault("BadRequestException", message)


def clash(message: str) -> Fault:
    """Return the error for what is there already."""
    return Fault("ConflictException", message)


def mapping(expression: str, *, parameter: bool = False) -> Fault:
    """Return the error for a mapping that names what there is not."""
    word = "mapping expression parameter" if parameter else "mapping expression"
    return bad(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
        f"[Invalid {word} specified: {expression}]"
    )


def refused(what: str) -> Fault:
    """Return the error for what AWS does and the embedded AWS does not: nothing is pretended."""
    return bad(f"{what} is not available: the embedded AWS does not do this, and pretends nothing.")
