"""Why the server does not do what it was asked: raised anywhere, answered by the routes."""

from __future__ import annotations

from agentdesk.errors import AgentdeskError
from agentdesk.wire import Problem


class ServerProblem(AgentdeskError):
    """A request that is refused.

    Args:
        status: HTTP status, 400 to 599.
        code: one of the codes of :class:`agentdesk.wire.Problem`.
        detail: English, for a log; never customer text.
        retry_after: seconds to wait; 0 for as the seat likes.

    Attributes:
        status: HTTP status.
        problem: what is answered.
    """

    def __init__(self, status: int, code: str, detail: str = "", retry_after: int = 0) -> None:
        super().__init__(f"server.{code}", reason=detail)
        self.status = status
        self.problem = Problem(code, detail, retry_after)
