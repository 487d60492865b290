"""OpenID Connect: people sign in at a provider that the settings name; the dashboard is one of its clients.

The authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700). Where nothing is
configured nothing of it is loaded: views import `provider` only when somebody signs in.
"""


class Refused(Exception):
    """Somebody is not signed in; the message is the sentence that they are told, `code` the word in the audit."""

    def __init__(self, sentence: str, code: str):
        super().__init__(sentence)
        self.code = code
