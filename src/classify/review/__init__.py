"""The review page: the queue of disagreements in the browser, settled at the keyboard."""

from __future__ import annotations

from classify.review.guard import Door
from classify.review.serve import serve
from classify.review.web import app_of

__all__ = ["Door", "app_of", "serve"]
