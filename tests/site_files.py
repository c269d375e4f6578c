"""Books, and the files of a site that other programs read."""

import json
from typing import Any

from changenote.site.book import Asset, Book
from changenote.site.exports.feeds import feed_plans
from changenote.site.exports.index import index_plans
from changenote.site.exports.llms import llms_plan
from changenote.site.exports.short_links import short_link_plans
from changenote.site.pages import printed
from tests.books import least

HERE = "https://kb.example/acme/"


def shipped(note_id: str, *, at: str = "2026-11-22T10:00:00Z", **more: str) -> str:
    """A note of a change that shipped, as YAML."""
    text = least(note_id, more.pop("title", "Count sheep"))
    fields = "".join(f"{name}: {value}\n" for name, value in more.items())
    return text.replace("draft", "shipped") + f"shipped: {{at: {at}}}\n" + fields


def for_programs(of: Book) -> dict[str, bytes]:
    """The files for other programs."""
    edition = printed(of)
    makers = (feed_plans, index_plans, llms_plan, short_link_plans)
    made = (plan.make() for plans in makers for plan in plans(edition))
    return {one.path: one.content for one in made if isinstance(one, Asset)}


def json_feed(of: Book, path: str = "feed.json") -> Any:
    """A JSON Feed as data."""
    return json.loads(for_programs(of)[path])


def index(of: Book) -> Any:
    """The index as data."""
    return json.loads(for_programs(of)["changes/index.json"])
