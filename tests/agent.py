"""A coding agent as far as a server sees it: the official client, on pipes."""

import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import anyio
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult

from tests.forked import in_place_of
from tests.workshop import IDENTITY, Workshop

Found = TypeVar("Found")
Call = tuple[str, dict[str, Any]]


def with_client(
    shop: Workshop,
    *options: str,
    work: Callable[[Client], Awaitable[Found]],
    mode: str = "auto",
    program: Sequence[str] = (),
) -> Found:
    """What some work with a client of `changenote mcp` finds; the server has said nothing else.

    `program` is another changenote than ours.
    """
    said = shop.folder.parent / "stderr"

    async def connected() -> Found:
        surroundings = {**os.environ, **IDENTITY, **shop.environment}
        line = [*(program or in_place_of("agent", surroundings)), "mcp", *options]
        server = StdioServerParameters(
            command=line[0],
            args=line[1:],
            cwd=shop.folder,
            env=surroundings,
        )
        with said.open("w", encoding="utf-8") as errors:
            async with Client(stdio_client(server, errlog=errors), mode=mode) as client:
                return await work(client)

    found = anyio.run(connected)
    assert said.read_text(encoding="utf-8") == ""
    return found


def answers(
    shop: Workshop, *calls: Call, writes: bool = False, mode: str = "auto"
) -> list[CallToolResult]:
    """What the tools answer to calls, one after the other."""

    async def work(client: Client) -> list[CallToolResult]:
        return [await client.call_tool(name, given) for name, given in calls]

    options = ("--allow-write",) if writes else ()
    return with_client(shop, *options, work=work, mode=mode)


def answer(shop: Workshop, name: str, *, writes: bool = False, **given: Any) -> CallToolResult:
    """What a tool answers."""
    return answers(shop, (name, given), writes=writes)[0]


def text(result: CallToolResult) -> str:
    """What an agent reads."""
    (block,) = result.content
    assert block.type == "text"
    return block.text


def files(folder: Path) -> dict[str, bytes]:
    """All files of a folder but those that may be deleted at any time."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts and ".changenote" not in path.parts
    }
