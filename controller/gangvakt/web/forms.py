"""Plain forms that need no script: how they are drawn, and what their refusals say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nicegui import __version__ as nicegui_version

from gangvakt.api.auth import Login
from gangvakt.api.cookies import set_session
from gangvakt.api.passwords import LONGEST
from gangvakt.api.second_factors import WRONG_CODE
from gangvakt.errors import LoginLocked, LoginRefused
from gangvakt.web.texts import LANGUAGE_NAMES, LANGUAGES, Texts, language_of_request

Field = Annotated[str, Form(max_length=LONGEST)]

_FORMS = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "form_pages"), autoescape=True, undefined=StrictUndefined
)


def texts_of_request() -> Texts:
    return Texts(language_of_request.get())


def form(
    name: str, request: Request, status: int = 200, *, error: str | None = None, **values: Any
) -> Response:
    """The form of a file in `form_pages`."""
    texts = texts_of_request()
    languages = [(code, LANGUAGE_NAMES[code], code == texts.language) for code in LANGUAGES]
    page = _FORMS.get_template(name).render(
        **{
            "say": texts.say,
            "language": texts.language,
            "languages": languages,
            "here": request.url.path,
            "fonts": f"/_nicegui/{nicegui_version}/static/fonts.css",
            "error": error,
            **values,
        }
    )
    return HTMLResponse(page, status, headers={"cache-control": "no-store"})


def refused_form(name: str, request: Request, refused: LoginRefused, **values: Any) -> Response:
    """The form again, saying why."""
    status = 429 if isinstance(refused, LoginLocked) else 401
    return form(name, request, status, error=refusal_text(refused, texts_of_request()), **values)


def refusal_text(refused: LoginRefused, texts: Texts) -> str:
    """Why the log-in failed, and what to do."""
    if isinstance(refused, LoginLocked):
        return texts.say("login_locked", seconds=refused.retry_after_s)
    return texts.say("code_refused" if str(refused) == WRONG_CODE else "login_refused")


def local_path(path: str) -> str:
    """The path when it leads to a page of ours; / for all that could lead to another site."""
    printable = path.isascii() and path.isprintable() and "\\" not in path
    return path if printable and path.startswith("/") and not path.startswith("//") else "/"


def enter(request: Request, login: Login, target: str) -> Response:
    """On to a page, in this session."""
    answer = RedirectResponse(target, 303)
    set_session(request, answer, login)
    return answer


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""
