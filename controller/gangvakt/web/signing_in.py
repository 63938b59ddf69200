"""Log-in, new password, log-out and language: plain forms that need no script."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nicegui import __version__ as nicegui_version

from gangvakt.api.auth import FIRST_USER, SESSION_COOKIE, SESSION_LIFE_S, AuthService, Login
from gangvakt.api.passwords import LONGEST, SHORTEST
from gangvakt.errors import LoginLocked, LoginRefused, PasswordRefused
from gangvakt.web.guards import LANGUAGE_COOKIE, NEW_PASSWORD_PATH
from gangvakt.web.texts import LANGUAGE_NAMES, LANGUAGES, Language, Texts, language_of_request

LANGUAGE_KEPT_S = 365 * 24 * 3600

Field = Annotated[str, Form(max_length=LONGEST)]

_FORMS = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "forms"), autoescape=True, undefined=StrictUndefined
)


def signing_in_routes(auth: AuthService) -> APIRouter:
    """The routes of the forms."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login")
    async def login_form(request: Request, next: str = "/") -> Response:
        return _form("login.html", request, next=local_path(next), user=FIRST_USER)

    @routes.post("/login")
    async def log_in(request: Request, user: Field, password: Field, next: Field = "/") -> Response:
        address = request.client.host if request.client else ""
        try:
            login = await auth.login(user, password, address, request.headers.get("user-agent", ""))
        except LoginRefused as refused:
            texts, status = _texts(), 429 if isinstance(refused, LoginLocked) else 401
            error = refusal_text(refused, texts)
            return _form("login.html", request, status, next=local_path(next), user=user, error=error)
        return _enter(request, login, NEW_PASSWORD_PATH if login.must_change else local_path(next))

    @routes.get(NEW_PASSWORD_PATH)
    async def password_form(request: Request) -> Response:
        return _form("password.html", request, user=request.state.login.user)

    @routes.post(NEW_PASSWORD_PATH)
    async def set_password(request: Request, password: Field, again: Field) -> Response:
        login: Login = request.state.login  # the guard lets nobody else through
        if password != again:
            error = _texts().say("passwords_differ")
            return _form("password.html", request, 422, user=login.user, error=error)
        try:
            return _enter(request, await auth.change_password(login, password), "/")
        except PasswordRefused:
            error = _texts().say("password_refused", shortest=SHORTEST, longest=LONGEST)
            return _form("password.html", request, 422, user=login.user, error=error)

    @routes.post("/logout")
    async def log_out(request: Request) -> Response:
        login = await auth.login_of(request.cookies.get(SESSION_COOKIE))
        if login is not None:
            await auth.logout(login)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION_COOKIE, path="/")
        return answer

    @routes.get("/language/{language}")
    async def choose(request: Request, language: Language, next: str = "/") -> Response:
        answer = RedirectResponse(local_path(next), 303)
        _set_cookie(answer, request, LANGUAGE_COOKIE, language, LANGUAGE_KEPT_S)
        return answer

    return routes


def local_path(path: str) -> str:
    """The path when it leads to a page of ours; / for all that could lead to another site."""
    printable = path.isascii() and path.isprintable() and "\\" not in path
    return path if printable and path.startswith("/") and not path.startswith("//") else "/"


def refusal_text(refused: LoginRefused, texts: Texts) -> str:
    """Why the log-in failed, and what to do."""
    if isinstance(refused, LoginLocked):
        return texts.say("login_locked", seconds=refused.retry_after_s)
    return texts.say("login_refused")


def _texts() -> Texts:
    return Texts(language_of_request.get())


def _form(
    name: str, request: Request, status: int = 200, *, error: str | None = None, **values: str
) -> Response:
    texts = _texts()
    languages = [(code, LANGUAGE_NAMES[code], code == texts.language) for code in LANGUAGES]
    page = _FORMS.get_template(name).render(
        say=texts.say,
        language=texts.language,
        languages=languages,
        here=request.url.path,
        fonts=f"/_nicegui/{nicegui_version}/static/fonts.css",
        error=error,
        **values,
    )
    return HTMLResponse(page, status, headers={"cache-control": "no-store"})


def _enter(request: Request, login: Login, target: str) -> Response:
    answer = RedirectResponse(target, 303)
    _set_cookie(answer, request, SESSION_COOKIE, login.token, SESSION_LIFE_S)
    return answer


def _set_cookie(answer: Response, request: Request, name: str, value: str, max_age_s: int) -> None:
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, max_age_s, path="/", httponly=True, samesite="lax", secure=secure)
