"""Work that must end with a word, however it ends."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from botocore.exceptions import BotoCoreError, ClientError
from werkzeug.exceptions import BadRequest, ClientDisconnected
from werkzeug.wrappers import Response

from app import errors
from app.blueprints.dynamodb.service.batches import StillThrottled
from app.blueprints.dynamodb.service.importing.running import NotTheSame
from app.blueprints.dynamodb.service.importing.texts import Unreadable
from app.blueprints.dynamodb.service.work import Cancelled, Work
from app.blueprints.dynamodb.views.work import ID, work_url
from app.changes import done
from app.multipart import Malformed
from app.store import new_id

ANEW = "A mended file is imported anew: items that are there already are replaced by the same."


def name_of(fields: Mapping[str, str]) -> str:
    """Return the name of the work, which the page gave to its form; a program may leave it out."""
    id = fields.get("id") or new_id()
    if not ID.fullmatch(id):
        raise BadRequest("The name of this work is no name that was given. Nothing was changed.")
    return id


def guarded(work: Work, run: Callable[[], object]) -> None:
    """Do the work and write down how it ended; what was written stays written."""
    try:
        run()
    except Cancelled:
        work.end("cancelled", "Cancelled", "What was written before stays written.")
    except Unreadable as error:
        work.end("failed", "The file cannot be read to its end", error.message, "Unreadable")
    except NotTheSame as error:
        work.end("failed", "Not the same file", f"{error} Nothing more was written. {ANEW}", "NotTheSame")
    except StillThrottled as error:
        work.end("failed", "Throttled", str(error), "Throttled")
    except (ClientDisconnected, Malformed) as error:
        work.end("failed", "The file did not arrive", f"The connection broke off: {error}", "Disconnected")
    except (ClientError, BotoCoreError) as error:
        problem = errors.problem_of(error)
        work.end("failed", problem.title, problem.happened, problem.code)
    except BaseException:
        work.end("failed", "Trellis failed", "A fault of the dashboard itself stopped it.", "InternalError")
        raise
    else:
        work.end("done")


def ended(work: Work, told: str) -> Response:
    """Lead to the page that tells how the work ended; `told` is said where it went well."""
    facts = work.facts
    good = facts.state == "done"
    message = told if good else f"It stopped: {facts.reason}"
    return done({"id": work.id, **asdict(facts)}, work_url(work.id), message, "done" if good else "failed")
