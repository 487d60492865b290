"""Glue: the catalogue is real, running anything is not yet, and says so."""

import json

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

SPARK = (
    "The job {name} runs on Spark ({command}), which is not available here: the embedded AWS does not run Spark jobs."
)
SHELL = "The job {name} is a Python shell job: the embedded AWS does not run Python shell jobs yet."
OTHER = "{operation} is not available: the embedded AWS keeps Glue's catalogue and jobs, but starts nothing."


class Glue:
    """Refuses what would start something: the emulator would claim success, or run a script unguarded."""

    def matches(self, request: Request) -> bool:
        """Whether this starts a job, crawler, trigger, workflow or the like."""
        starts = request.operation.startswith("Start") and request.operation != "StartCrawlerSchedule"
        return request.service == "glue" and starts

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Refuse it; a job or crawler that does not exist is answered by the emulator, as AWS would."""
        asked = json.loads(request.body or b"{}")
        if request.operation == "StartJobRun":
            return await self._job(request, str(asked.get("JobName", "")), forward)
        if request.operation == "StartCrawler":
            found, _ = await forward.json(request, "glue", "AWSGlue.GetCrawler", {"Name": asked.get("Name", "")})
            if found != 200:
                return None
        return _refused(OTHER.format(operation=request.operation))

    async def _job(self, request: Request, name: str, forward: Below) -> Response | None:
        status, job = await forward.json(request, "glue", "AWSGlue.GetJob", {"JobName": name})
        if status != 200:
            return None
        command = job["Job"].get("Command", {}).get("Name", "glueetl")
        sentence = SHELL if command == "pythonshell" else SPARK
        return _refused(sentence.format(name=name, command=command))


def _refused(sentence: str) -> Response:
    return aws_error("json", "InvalidInputException", sentence)


overlay = Glue()
