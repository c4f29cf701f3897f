import asyncio

import pytest
from homeroom.class_notice import SCHEMA, ClassNotice, tell_changes
from conftest import HUB
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, PrefixLoader


def put(path, text):
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(path)


def test_the_text_follows_the_file(tmp_path):
    notice = ClassNotice(tmp_path / "notice")
    assert notice.text() == ""
    put(tmp_path / "notice", "Exam at ten\n")
    assert notice.text() == "Exam at ten"
    put(tmp_path / "notice", "Exam at two\n")
    assert notice.text() == "Exam at two"
    (tmp_path / "notice").unlink()
    assert notice.text() == ""


def test_what_is_no_text_is_no_notice(tmp_path):
    (tmp_path / "notice").write_bytes(b"\xff\xfe")
    assert ClassNotice(tmp_path / "notice").text() == ""


class Events(list):
    def emit(self, *, schema_id, data):
        assert schema_id == SCHEMA["$id"]
        self.append(data["text"])


def test_a_change_is_told_once_and_so_is_the_end(tmp_path):
    async def watch():
        put(tmp_path / "notice", "old")
        events = Events()
        task = asyncio.ensure_future(tell_changes(events, ClassNotice(tmp_path / "notice"), 0.01))
        await asyncio.sleep(0.05)
        put(tmp_path / "notice", "new")
        await asyncio.sleep(0.1)
        (tmp_path / "notice").unlink()
        await asyncio.sleep(0.1)
        task.cancel()
        return events

    assert asyncio.run(watch()) == ["new", ""]


@pytest.mark.parametrize(("text", "shown"), [("<b>Exam</b>", "&lt;b&gt;Exam&lt;/b&gt;"), ("", None)])
def test_a_page_shows_it_as_text(text, shown):
    own = FileSystemLoader(HUB / "pages")
    theirs = PrefixLoader({"templates": DictLoader({"page.html": "{% block announcement %}{% endblock %}"})})
    html = Environment(loader=ChoiceLoader([theirs, own]), autoescape=True).get_template("page.html").render(homeroom_notice=text)
    assert (shown in html) if shown else ("alert" not in html)
