import json
import subprocess
from pathlib import Path

import pytest
from homeroom.accounts import AccountOwners, AccountTaken, account_of, escape, instance_of, slice_of, unit_of

VECTORS = json.loads(Path(__file__).with_name("account-names.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_names_lead_to_the_agreed_accounts(vector):
    account = account_of(vector["name"])
    assert account == vector["account"]
    assert instance_of(account) == vector["instance"]
    assert unit_of(account) == vector["unit"]
    assert len(account) <= 32


def test_long_names_are_shortened_as_tljh_does():
    # the value is from TLJH's own test (generate_system_username)
    assert account_of("abcdefghijklmnopqrstuvwxyz").startswith("jupyter-abcdefghijklmnopqr-")
    assert account_of("x" * 17) == "jupyter-" + "x" * 17
    assert len(account_of("x" * 18)) == 32


def test_a_name_cannot_be_made_to_look_like_a_shortened_one():
    shortened, made_safe = account_of("x" * 40), account_of("ü")
    assert account_of(instance_of(shortened)) != shortened
    assert account_of(instance_of(made_safe)) != made_safe


def test_escaping_is_that_of_systemd():
    texts = [vector["instance"] for vector in VECTORS] + ["a/b", ":x", "ä ö", "a\\b", "%i"]
    escaped = subprocess.run(["systemd-escape", "--", *texts], capture_output=True, text=True, check=True).stdout.split()
    assert [escape(text) for text in texts] == escaped


def test_the_slice_is_the_unit_s_own():
    assert slice_of("jupyter-a-b") == "homeroom.slice/homeroom-users.slice/homeroom-users-a\\x2db.slice"


def test_who_comes_first_keeps_a_shortened_account(tmp_path, monkeypatch):
    owners = AccountOwners(tmp_path / "accounts.json")
    monkeypatch.setattr("homeroom.accounts.account_of", lambda name: "jupyter-same")
    assert owners.claim("first") == "jupyter-same"
    assert owners.claim("first") == "jupyter-same"
    with pytest.raises(AccountTaken):
        owners.claim("second")
    with pytest.raises(AccountTaken):
        AccountOwners(tmp_path / "accounts.json").claim("second")


def test_plain_names_need_no_memory(tmp_path):
    owners = AccountOwners(tmp_path / "accounts.json")
    assert owners.claim("alice") == "jupyter-alice"
    assert not (tmp_path / "accounts.json").exists()
