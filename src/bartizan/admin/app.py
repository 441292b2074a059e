"""GET /health/live, /health/ready and /metrics. The only importer of Starlette.

Anything else is a generic 404, another method 405. There is no authentication: whoever can connect can read, and there
is nothing to change. Not here: what the answers say (health.py, exposition.py), connections (server.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bartizan.admin.board import Board
from bartizan.admin.exposition import CONTENT_TYPE, Exposition
from bartizan.admin.health import what_hinders, what_kills

_FRESH = {"cache-control": "no-store"}


def application(board: Board, monotonic: Callable[[], float] = time.monotonic) -> Starlette:
    """The ASGI application that tells about `board`."""
    exposition = Exposition(board, monotonic)

    async def live(_request: Request) -> Response:
        return _health(what_kills(board.supervisor(), monotonic()))

    async def ready(_request: Request) -> Response:
        return _health(what_hinders(board.supervisor(), board.smtpds(), monotonic()))

    async def metrics(_request: Request) -> Response:
        return Response(exposition.text(), headers={**_FRESH, "content-type": CONTENT_TYPE})

    app = Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)])
    app.router.redirect_slashes = False
    return app


def _health(wrong: list[str]) -> Response:
    body = {"status": "fail" if wrong else "ok", "wrong": wrong}
    return JSONResponse(body, status_code=503 if wrong else 200, headers=_FRESH)
