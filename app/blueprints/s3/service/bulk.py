"""One action on many objects, with an outcome for each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.s3.names import last_part
from app.blueprints.s3.service import copying, tags
from app.blueprints.s3.service.answers import GONE, code_of, message_of
from app.blueprints.s3.service.deleting import ANY, Deletion, Target, delete
from app.blueprints.s3.service.listing import present, under
from app.blueprints.s3.service.versions import list_versions

MOST = 5000  # objects: what one request deletes; the rest waits for the next
MOST_COPIES = 1000  # objects: what one request copies, moves or tags, one call for each


@dataclass(frozen=True)
class Outcome:
    """What became of one object: state is done, gone (nothing to do), exists (asked), skipped or failed.

    `etag` is that of what was copied.
    """

    key: str
    state: str
    note: str = ""
    target: str | None = None
    code: str = ""
    etag: str = ""


@dataclass(frozen=True)
class Result:
    """What one action did; `more` says that folders held more than one request takes."""

    bucket: str
    action: str
    outcomes: list[Outcome]
    more: bool = False

    def of(self, *states: str) -> list[Outcome]:
        """Return the outcomes in some states."""
        return [outcome for outcome in self.outcomes if outcome.state in states]

    @property
    def smooth(self) -> bool:
        """Whether nothing is left to tell or to ask, object by object."""
        return not self.more and not self.of("failed", "exists")


@dataclass(frozen=True)
class Selection:
    """Chosen objects, and chosen folders with everything below them.

    `bases` are folders chosen earlier, of which some keys are left: those keep their way from there down.
    """

    keys: list[str]
    folders: list[str]
    bases: list[str] = field(default_factory=list)


def expand(client: Any, bucket: str, selection: Selection, most: int) -> tuple[list[str], bool]:
    """Return the keys of a selection, folders expanded, and whether there are more than `most`."""
    keys, more = list(dict.fromkeys(selection.keys)), False
    for folder in selection.folders:
        found, cut = under(client, bucket, folder, max(most - len(keys), 0))
        keys, more = list(dict.fromkeys([*keys, *found])), more or cut
    return keys, more


def delete_all(client: Any, bucket: str, selection: Selection) -> Result:
    """Delete a selection; what somebody else has deleted meanwhile is told as gone."""
    keys, more = expand(client, bucket, selection, MOST)
    done = delete(client, bucket, [Target(key, if_match=ANY) for key in keys])
    return Result(bucket, "delete", [_deleted(deletion) for deletion in done], more)


def undelete_all(client: Any, bucket: str, keys: list[str]) -> Result:
    """Bring deleted objects back by deleting the delete markers that hide them."""

    def undelete(key: str) -> Outcome:
        marker = next((v for v in list_versions(client, bucket, key).versions if v.latest and v.is_marker), None)
        if marker is None:
            return Outcome(key, "gone", "is not deleted, or has no versions")
        delete(client, bucket, [Target(key, marker.version_id)])
        return Outcome(key, "done", "is back")

    return Result(bucket, "undelete", [_try(key, undelete) for key in keys])


def _deleted(deletion: Deletion) -> Outcome:
    if deletion.gone:
        return Outcome(deletion.key, "gone", "was already gone")
    if deletion.failed:
        return Outcome(deletion.key, "failed", deletion.message, code=deletion.code)
    return Outcome(deletion.key, "done", "hidden by a delete marker" if deletion.marker else "deleted")


def copy_all(client: Any, bucket: str, selection: Selection, target: copying.Place, collision: str) -> Result:
    """Copy a selection below a bucket and prefix (target.key); a folder keeps its name and inner structure."""
    keys, more = expand(client, bucket, selection, MOST_COPIES)
    parents = [*selection.folders, *selection.bases]
    new = {key: copying.Place(target.bucket, target.key + name_below(key, parents)) for key in keys}
    taken = set() if collision == "replace" else present(client, target.bucket, [place.key for place in new.values()])
    copier = _Copier(client, bucket, new, collision, taken)
    return Result(bucket, "copy", [_try(key, copier.copy) for key in keys], more)


@dataclass(frozen=True)
class _Copier:
    """Copies one key after the other to its new place; a name given away in the same round counts as taken."""

    client: Any
    bucket: str
    new: dict[str, copying.Place]
    collision: str
    taken: set[str]

    def copy(self, key: str) -> Outcome:
        source = copying.Place(self.bucket, key)
        try:
            copied = copying.copy(self.client, source, self.new[key], self.collision, self.taken)
        except copying.Exists as error:
            if self.collision == "skip":
                return Outcome(key, "skipped", "the name was taken", str(error))
            raise
        self.taken.add(copied.place.key)
        return Outcome(key, "done", target=copied.place.key, etag=copied.etag)


def move_all(client: Any, bucket: str, selection: Selection, target: copying.Place, collision: str) -> Result:
    """Copy a selection, then delete exactly what was copied: S3 knows no move.

    An original that somebody has written since its copy stays: its ETag is another one.
    """
    copied = copy_all(client, bucket, selection, target, collision)
    originals = [Target(outcome.key, if_match=outcome.etag) for outcome in copied.of("done")]
    removed = {deletion.key: deletion for deletion in delete(client, bucket, originals)}
    outcomes = [_moved(outcome, removed.get(outcome.key)) for outcome in copied.outcomes]
    return Result(bucket, "move", outcomes, copied.more)


def _moved(outcome: Outcome, deletion: Deletion | None) -> Outcome:
    if deletion is None or not deletion.failed:
        return outcome
    note = f"copied, but the original is still there: {copying.why_kept(deletion.code, deletion.message)}"
    return replace(outcome, state="failed", note=note, code=deletion.code)


def name_below(key: str, folders: Iterable[str]) -> str:
    """Return what of a key goes along: its name, and its way from a chosen folder down."""
    parents = [folder for folder in folders if key.startswith(folder)]
    if not parents:
        return last_part(key)
    chosen = max(parents, key=len)
    return last_part(chosen) + key[len(chosen) :]


def tag_all(client: Any, bucket: str, selection: Selection, added: dict[str, str]) -> Result:
    """Add tags to every object of a selection, keeping its others."""
    keys, more = expand(client, bucket, selection, MOST_COPIES)

    def tag(key: str) -> Outcome:
        tags.merge(client, bucket, key, added)
        return Outcome(key, "done")

    return Result(bucket, "tag", [_try(key, tag) for key in keys], more)


def _try(key: str, action: Callable[[str], Outcome]) -> Outcome:
    """Return an action's outcome; AWS's refusal of one object does not stop the others."""
    try:
        return action(key)
    except copying.Exists as error:
        return Outcome(key, "exists", "the name is taken", str(error))
    except (copying.KeyRefused, copying.SourceChanged, tags.TagRefused) as error:
        return Outcome(key, "failed", str(error))
    except ClientError as error:
        if code_of(error) == "NoSuchBucket":
            raise
        if code_of(error) in GONE:
            return Outcome(key, "gone", "was already gone", code=code_of(error))
        return Outcome(key, "failed", message_of(error), code=code_of(error))
