"""What a user gets: the distribution, its import, and how plugins of strangers are found."""

import json
import subprocess
import sys
from importlib.metadata import entry_points, files
from pathlib import Path

import pytest

import smsgateway

ROOT = Path(__file__).parents[2]
HEAVY = ["requests", "urllib3", "aiohttp", "phonenumbers", "click", "rich", "pluggy", "sqlite3"]


def run(code: str, *path: Path) -> str:
    """Run Python in a new process that finds packages in these folders too."""
    start = f"import sys; sys.path[:0] = {[str(p) for p in path]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def install(folder: Path, name: str, version: str, module: str, source: str) -> Path:
    """Lay out an installed distribution with one plugin, as an installer would."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(f"[smsgateway]\n{module} = {module}\n")
    (folder / f"{module}.py").write_text(source)
    return folder


def test_importing_the_package_loads_nothing_heavy_and_no_provider() -> None:
    code = (
        "import smsgateway, json, sys\n"
        "print(json.dumps([m for m in sys.modules if m.startswith('smsgateway_')]"
        f"+ [m for m in {HEAVY} if m in sys.modules]))"
    )

    assert json.loads(run(code)) == []


def test_a_send_to_the_inbox_loads_no_http_client(tmp_path: Path) -> None:
    code = (
        "import smsgateway, json, sys\n"
        f"with smsgateway.SmsGateway.from_url('inbox://{tmp_path}/inbox.db') as gateway:\n"
        "    gateway.send('Hej', to='+4522334488')\n"
        "print(json.dumps([m for m in ('requests', 'aiohttp', 'click') if m in sys.modules]))"
    )

    assert json.loads(run(code)) == []


def test_every_public_name_can_be_had() -> None:
    assert [name for name in smsgateway.__all__ if not hasattr(smsgateway, name)] == []
    assert set(smsgateway.__all__) <= set(dir(smsgateway))
    with pytest.raises(AttributeError, match="no attribute 'SmsGatway'"):
        smsgateway.SmsGatway  # noqa: B018 - reading it is the test


def test_every_package_is_typed() -> None:
    packages = ["smsgateway", *(p.name for p in (ROOT / "providers").iterdir() if p.is_dir())]

    homes = [smsgateway.__path__[0], *(str(ROOT / "providers" / name) for name in packages[1:])]

    assert [home for home in homes if not (Path(home) / "py.typed").is_file()] == []


def test_the_built_in_providers_come_by_the_entry_point_group_of_strangers() -> None:
    names = {entry_point.name for entry_point in entry_points(group="smsgateway")}

    assert names >= {"console", "cpsms", "inbox", "null"}
    assert files("pluggable-smsgateway") is not None


@pytest.fixture(scope="session")
def pigeon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample distribution of a stranger, built and installed by pip."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    subprocess.run([*pip, *options, str(ROOT / "tests" / "pigeon")], check=True)
    return target


def test_a_strangers_provider_is_found_when_it_is_installed(pigeon: Path) -> None:
    code = (
        "from smsgateway import SmsGateway\n"
        "from smsgateway.hooks import installed_plugins\n"
        "gateway = SmsGateway.from_url('pigeon://secret@default?region=DK')\n"
        "print(gateway, gateway.provider, installed_plugins().origin('pigeon'))"
    )

    assert run(code, pigeon) == (
        "<SmsGateway pigeon> Pigeon(base_url='https://api.pigeon.example')"
        " smsgateway-pigeon 1.2.3\n"
    )


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        pytest.param("import no_such_library", "ModuleNotFoundError", id="import fails"),
        pytest.param("import sys; sys.exit(3)", "SystemExit: 3", id="exits"),
        pytest.param("def register_providers(:", "SyntaxError", id="not python"),
        pytest.param(
            "from smsgateway import hookimpl\n@hookimpl\ndef before_sned(): ...",
            "before_sned",
            id="unknown hook",
        ),
        pytest.param(
            "from smsgateway import hookimpl\n@hookimpl\ndef register_providers(): return 1 / 0",
            "ZeroDivisionError",
            id="hook raises",
        ),
    ],
)
def test_one_broken_plugin_does_not_take_the_host_down(
    tmp_path: Path, source: str, problem: str
) -> None:
    site = install(tmp_path, "bad-sms", "0.3", "bad_sms", source)
    code = (
        "from smsgateway import ConfigurationError, SmsGateway\n"
        "print(SmsGateway.from_url('null://').send('Hej', to='+4522334488'))\n"
        "try:\n    SmsGateway.from_url('bad_sms://')\n"
        "except ConfigurationError as error:\n    print(error)"
    )

    first, second = run(code, site).splitlines()

    assert first == "<SendResult 1 accepted>"
    assert "Plugin 'bad_sms' of bad-sms 0.3 cannot be used" in second
    assert problem in second


def test_a_stranger_cannot_take_the_name_of_a_built_in_provider(tmp_path: Path) -> None:
    source = (
        "from smsgateway import hookimpl\n"
        "class Fake:\n    name = 'null'\n"
        "@hookimpl\ndef register_providers(): return [Fake]"
    )
    site = install(tmp_path, "a-fake", "1.0", "aaa", source)
    code = (
        "from smsgateway.hooks import installed_plugins\n"
        "plugins = installed_plugins()\n"
        "print(plugins.providers['null'].__module__, plugins.broken[0])"
    )

    assert run(code, site).startswith("smsgateway_null")
    assert "'null' is already brought by pluggable-smsgateway" in run(code, site)
