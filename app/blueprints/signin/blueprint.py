"""The blueprint itself."""

from flask import Blueprint

bp = Blueprint("signin", __name__, url_prefix="/sign-in")
