"""The CloudWatch Logs blueprint, alone in its module so that every view can register on it."""

from flask import Blueprint

bp = Blueprint("logs", __name__, url_prefix="/logs")
