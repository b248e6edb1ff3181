"""Titles of a scenario: one text, or one in each of several languages.

``title = "Weihai port"`` holds for all languages. In ``title = { en = "Weihai port", zh = "威海港" }`` the
English text stands for the languages that are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, GetJsonSchemaHandler, WrapValidator
from pydantic_core import CoreSchema, PydanticCustomError

from fourport.scenario.base import NOT_ONE_LINE, Section, is_one_line

ENGLISH = "en"


def _in_one_line(text: str) -> str:
    if not is_one_line(text):
        raise ValueError(NOT_ONE_LINE.format(text))
    return text


OneLine = Annotated[str, AfterValidator(_in_one_line)]
"""A text without line breaks and control characters."""


class TitleByLanguage(Section):
    """A title in several languages; the English one stands for those that are left out."""

    en: OneLine
    """Title in English, which tables and messages show, too."""
    zh: OneLine | None = None
    """Title in simplified Chinese."""
    ko: OneLine | None = None
    """Title in Korean."""


class Translated(str):
    """An English title with its translations.

    Attributes
    ----------
    translations
        Titles in other languages, by code.
    """

    translations: Mapping[str, str]

    def __new__(cls, english: str, translations: Mapping[str, str]) -> Translated:
        """Make the text that English readers see."""
        found = super().__new__(cls, english)
        found.translations = translations
        return found

    def __reduce__(self) -> tuple[type[Translated], tuple[str, Mapping[str, str]]]:
        """Return what a worker process makes the title of."""
        return Translated, (str(self), self.translations)


def title_of(value: object, otherwise: str) -> str:
    """Return a title as written in a file, or another text if it is none; used where no model checks it."""
    if isinstance(value, Mapping):
        texts = {language: text for language, text in value.items() if isinstance(text, str)}
        return Translated(texts.pop(ENGLISH, otherwise), texts)
    return otherwise if value is None else str(value)


def by_language(title: str) -> str | dict[str, str]:
    """Return a title as runs store it: a text, or texts by language if there are translations."""
    if isinstance(title, Translated) and title.translations:
        return {ENGLISH: str(title), **title.translations}
    return str(title)


def _title(value: Any, validate: Any) -> str:
    if isinstance(value, str):
        return _in_one_line(value)
    if not isinstance(value, dict):
        raise PydanticCustomError("string_type", "Input should be a valid string")
    found = validate(value).model_dump(exclude_none=True)
    return Translated(found.pop(ENGLISH), found)


class _OrText:
    """Adds the single text to the JSON schema of a title."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


if TYPE_CHECKING:  # to the code a title is its English text
    Title = str
else:
    Title = Annotated[TitleByLanguage, WrapValidator(_title), _OrText()]
"""Title in tables and charts."""
