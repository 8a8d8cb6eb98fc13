"""Stands for pydantic in the page: Pandera imports these names, and asks nothing of them for the schemas of ours.

The library itself is not pure Python, and Pandera needs it for models only.
"""

VERSION = __version__ = "1.10"


class BaseModel:
    """No model is made of it."""


class ValidationError(ValueError):
    """Never raised."""


def create_model(*_args, **_settings):
    raise NotImplementedError("pydantic n’est pas dans la page")


def validate_arguments(function=None, **_settings):
    return function if function is not None else lambda decorated: decorated
