"""The Lambda blueprint, alone in its module so that every view can register on it."""

from flask import Blueprint

bp = Blueprint("awslambda", __name__, url_prefix="/lambda")
