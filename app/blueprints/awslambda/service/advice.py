"""What Lambda's errors mean and what to do: a pure table over their types and words."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """What an error means, and what to do about it."""

    title: str
    text: str


# (type of the error, words of its message) -> advice; the first that fits wins.
TABLE: tuple[tuple[str, str, str, str], ...] = (
    (r"Sandbox.Timedout|.*", r"Task timed out after|Error: Runtime exited.*timeout",
     "It ran out of time", "The function was stopped at its timeout, and was billed for all of it. A loop without "
     "an end, or something that does not answer, such as a database, is the usual cause; where the work "
     "really takes longer, raise the timeout in Configuration."),
    (r"Runtime.OutOfMemory|Runtime.ExitError|.*", r"OutOfMemory|signal: killed|out of memory",
     "It needed more memory than it has", "Lambda ended the process at its memory limit. Raise the memory in "
     "Configuration, or hold less at once: read files in pieces instead of whole."),
    (r"MemoryError", r"", "Python found no memory", "It asked for more than is left of its memory. Raise it in "
     "Configuration, or hold less at once."),
    (r"Runtime.ImportModuleError", r"No module named",
     "A module is missing", "Python looked for it in the zip, in the layers and in the runtime, and found none. Is the "
     "handler's file at the zip's root, and is each package that the code imports in the zip or in a layer?"),
    (r"Runtime.ImportModuleError", r"", "The code could not be imported",
     "An import failed before the handler ran. Python's own words name the module."),
    (r"Runtime.HandlerNotFound", r"", "The handler's name is wrong",
     "The file is there, and has no function of that name. Compare the handler in Configuration, file.function, with "
     "the name after def."),
    (r"Runtime.MalformedHandlerName", r"", "The handler is not written as file.function",
     "Write it as the file's name without .py, a dot and the function's name: lambda_function.lambda_handler."),
    (r"Runtime.UserCodeSyntaxError", r"", "Python cannot read the code",
     "A mistake in the file's spelling stops each invocation before it begins. The line is named."),
    (r"Runtime.MarshalError", r"", "What it returned is no JSON",
     "Return what JSON knows: text, numbers, lists, dictionaries, None. An exception (“return exc”), a date, "
     "bytes, a set or DynamoDB's Decimal are not: turn them into text first, and raise exceptions again instead of "
     "returning them, or the real error stays hidden."),
    (r"Function.ResponseSizeTooLarge|.*", r"ResponseSizeTooLarge|payload size|exceeded maximum allowed payload",
     "The result is larger than 6 MB", "Lambda hands back at most 6 MB. Put the result into S3, return its key or a "
     "presigned link."),
    (r"Runtime.ExitError", r"", "The process ended by itself",
     "The code, or a library, left Python (sys.exit, os._exit, a crash) instead of returning."),
    (r"ClientError|.*Exception|AccessDenied.*", r"AccessDenied|is not authorized to perform|not authorized",
     "The role may not do that", "AWS refused the call for lack of a permission. The message names the action; add "
     "exactly that to the function's role: the Configuration tab compares the role with the code."),
    (r"NoSuchKey|ClientError", r"NoSuchKey|The specified key does not exist",
     "There is no such object", "Was the key decoded? S3 sends keys URL-encoded, with + for a blank: use "
     "urllib.parse.unquote_plus(record['s3']['object']['key'])."),
    (r"NoSuchBucket|ClientError", r"NoSuchBucket|bucket does not exist", "There is no such bucket",
     "Compare the name in the code with the list of buckets; names are the same in all regions, buckets are not."),
    (r"ResourceNotFoundException|ClientError", r"ResourceNotFound", "What it asked for is not there",
     "Compare names and the region: the function's clients speak to the region that it runs in."),
    (r"KeyError", r"", "The event, or an item, has no such key",
     "The code reads a key that is not there. Does the test event have the shape that the code expects? For DynamoDB: "
     "get_item answers without Item where there is none; use answer.get('Item')."),
    (r"TypeError", r"not JSON serializable", "What it returned is no JSON",
     "Turn it into text or numbers first: str(value) for dates and Decimals; raise exceptions instead."),
    (r"TypeError", r"takes \d+ positional argument", "The handler takes other arguments",
     "Lambda calls it with two values: def lambda_handler(event, context)."),
    (r"JSONDecodeError", r"", "A text is not JSON", "json.loads was given something else; print what it was given."),
    (r"ZeroDivisionError", r"", "Division by zero", "Check the number before dividing."),
)  # fmt: skip


def of(kind: str, message: str) -> Advice:
    """Return what to do about an error of a type with a message."""
    short = kind.rpartition(".")[2] if not kind.startswith(("Runtime.", "Sandbox.", "Function.")) else kind
    for types, words, title, text in TABLE:
        fits = re.fullmatch(types, kind) or re.fullmatch(types, short)
        if fits and re.search(words, message, re.IGNORECASE):
            return Advice(title, text)
    return Advice("The code raised an error", "Python's own words say which. The line it happened at is marked below.")
