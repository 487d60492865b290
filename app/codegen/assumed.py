"""Code that first takes on a role: what a page did in an account that was chosen, done again in the same."""

from dataclasses import dataclass

from app.codegen.literals import string
from app.codegen.shell import quote

_VARIABLES = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
_CREDENTIALS = "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]"


@dataclass(frozen=True)
class AssumedRole:
    """A role, the name of the session in it, and the external id that it asks for, where it does."""

    arn: str
    session: str
    external_id: str = ""

    def python(self, program: str) -> str:
        """Return a program that does the same in the role: every client after its imports is one of the role's."""
        lines = program.splitlines(keepends=True)
        after = 1 + max((n for n, line in enumerate(lines) if line.startswith(("import ", "from "))), default=-1)
        given = [f"RoleArn={string(self.arn)}", f"RoleSessionName={string(self.session)}"]
        given += [f"ExternalId={string(self.external_id)}"] if self.external_id else []
        assume = "".join(f"    {one},\n" for one in given)
        taken = (
            f'\nrole = boto3.client("sts").assume_role(\n{assume})["Credentials"]\n'
            "boto3.setup_default_session(\n"
            '    aws_access_key_id=role["AccessKeyId"],\n'
            '    aws_secret_access_key=role["SecretAccessKey"],\n'
            '    aws_session_token=role["SessionToken"],\n)\n'
        )
        return "".join([*lines[:after], taken, *lines[after:]]) if after else program

    def command(self, commands: str) -> str:
        """Return commands that do the same in the role; in a shell of their own, so that the one around stays."""
        asked = f"--role-arn {quote(self.arn)} --role-session-name {quote(self.session)}"
        asked += f" --external-id {quote(self.external_id)}" if self.external_id else ""
        assume = f"aws sts assume-role {asked} --query {quote(_CREDENTIALS)} --output text"
        return f'(\nread -r {_VARIABLES} <<< "$({assume})"\nexport {_VARIABLES}\n{commands.rstrip()}\n)'
