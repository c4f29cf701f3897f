"""The teacher's notice to the class: a text that root's installer writes and everybody may read.

The hub's pages read it whenever one is made; a notebook server looks for a new one now and then and tells JupyterLab by
an event (labextensions/homeroom shows it). So a change restarts nothing.
"""

import asyncio
import json
import os
from pathlib import Path

NOTICE = Path("/var/lib/homeroom/notice")
LOOK_SECONDS = 5
SCHEMA = {
    "$id": "https://events.homeroom.invalid/notice",
    "version": "1",
    "title": "Notice",
    "description": "What the teacher tells the class.",
    "type": "object",
    "properties": {"text": {"type": "string", "description": "Plain text; empty where there is none any more."}},
    "required": ["text"],
}


class ClassNotice:
    """The notice, read again whenever the file has changed."""

    def __init__(self, path=NOTICE):
        self._path = path
        self._seen, self._text = None, ""

    def text(self):
        """Plain text; empty where there is no notice."""
        try:
            status = os.stat(self._path)
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen != self._seen:
                self._text, self._seen = self._path.read_text(encoding="utf-8").strip(), seen
        except (OSError, UnicodeDecodeError):
            self._text, self._seen = "", None
        return self._text


def show_class_notice(app, notice=None):
    """Lets JupyterLab ask a running ServerApp for the notice, and tells it of changes."""
    from jupyter_server.base.handlers import APIHandler
    from jupyter_server.utils import url_path_join
    from tornado import web

    notice = notice or ClassNotice()

    class NoticeHandler(APIHandler):
        @web.authenticated
        def get(self):
            self.finish(json.dumps({"text": notice.text()}))

    app.web_app.add_handlers(".*$", [(url_path_join(app.base_url, "homeroom", "notice"), NoticeHandler)])
    app.event_logger.register_event_schema(SCHEMA)
    app.homeroom_class_notice = asyncio.ensure_future(tell_changes(app.event_logger, notice))


async def tell_changes(event_logger, notice, seconds=LOOK_SECONDS):
    told = notice.text()
    while True:
        await asyncio.sleep(seconds)
        if (text := notice.text()) != told:
            told = text
            event_logger.emit(schema_id=SCHEMA["$id"], data={"text": text})
