"""Compiled templates, kept where Python keeps its own: a build takes half a second without."""

import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from changenote.site.digests import digest_of_bytes
from changenote.site.fingerprint import program
from changenote.store.files import put


class CompiledTemplates(BytecodeCache):
    """Code of bundled templates in `__pycache__` beside them, for this very program.

    What is kept is run: it lies nowhere that a repository could bring along. Where Python may not
    write, or was told not to, nothing is kept.
    """

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file of a template, which stands for what is kept of it."""
        return filename or name

    def get_source_checksum(self, source: str) -> str:
        """A digest of the template and of all that is put into it: any file of the program."""
        return sha256(f"{program()} {source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Reads what is kept of a template, if it is whole and still true."""
        with suppress(OSError):
            # By a digest: what comes of damaged code ends in any error that there is, or in none.
            digest, _, code = _kept(bucket).read_bytes().partition(b"\n")
            if digest == digest_of_bytes(code).encode():
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps a template; two builds at once may both do so."""
        if sys.dont_write_bytecode:
            return
        path, code = _kept(bucket), bucket.bytecode_to_string()
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            put(path, (digest_of_bytes(code).encode(), b"\n", code))


def _kept(bucket: Bucket) -> Path:
    return Path(cache_from_source(f"{bucket.key}.py"))
