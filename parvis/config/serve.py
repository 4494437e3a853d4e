"""``parvis serve``: from an empty folder to a running town, and ``parvis worker``."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb takes none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis serve``."""
    parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT or 8000")
    parser.add_argument("--bind", default="127.0.0.1", help="address to listen at (0.0.0.0 behind a proxy)")
    parser.add_argument("--demo", action="store_true", help="build or refresh the demonstration towns first")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--no-worker", action="store_true", help="leave background jobs to `parvis worker`")


def run(options: argparse.Namespace) -> int:
    """Set up, serve, and stop all processes together."""
    if taken := _port_taken(options.bind, options.port):
        print(taken, file=sys.stderr)
        return 2
    os.environ["PORT"] = str(options.port)
    _say("Setting up the database…")
    setup()
    if options.demo:
        from parvis.demo.commands import refresh_demo

        refresh_demo()
    return _supervise(options)


def run_setup(options: argparse.Namespace) -> int:
    """Bring database, translations and static files up to date."""
    setup()
    return 0


def setup() -> None:
    """Migrations, compiled translations, collected static files; each does nothing when nothing changed."""
    prepare()
    if settings.NODE_MODULES.exists():
        call_command("collectstatic", verbosity=0, interactive=False)


def prepare() -> None:
    """What any verb that writes needs: an up-to-date database and readable translations."""
    call_command("migrate", verbosity=0, interactive=False)
    compile_translations()


def compile_translations() -> None:
    """Make ``.mo`` of each ``.po`` that is newer; in Python, so that no system tool is needed."""
    import polib

    from parvis.config.translations import set_type

    for source in Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            set_type(polib.pofile(str(source)), source.parts[-3]).save_as_mofile(str(target))


def run_worker(options: argparse.Namespace) -> int:
    """Background jobs, until stopped."""
    call_command("procrastinate", "worker", "--concurrency", "2")
    return 0


def _port_taken(address: str, port: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return f"Port {port} is taken by another program. Choose another one: PORT={port + 1} make run"
    return ""


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _commands(options: argparse.Namespace) -> list[list[str]]:
    web = ["granian", "--interface", "wsgi", "parvis.config.wsgi:application", "--host", options.bind]
    web += ["--port", str(options.port), "--workers", str(options.workers), "--blocking-threads", "4"]
    web += ["--no-ws", "--log-level", "warning", "--respawn-failed-workers"]
    commands = [[sys.executable, "-m", *web]]
    if not options.no_worker:
        commands.append([sys.executable, "-m", "parvis", "worker"])
    return commands


def _supervise(options: argparse.Namespace) -> int:
    """Start web and worker, tell where to click, and end them all when one ends or somebody asks."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    processes = [subprocess.Popen(command) for command in _commands(options)]  # noqa: S603 - our own commands
    try:
        _say_when_up(options.bind, options.port)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        return max(process.poll() or 0 for process in processes)
    except (KeyboardInterrupt, SystemExit):
        _say("Stopping…")
        return 0
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _say_when_up(address: str, port: int) -> None:
    for _attempt in range(300):
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1" if address == "0.0.0.0" else address, port)) == 0:  # noqa: S104
                break
        time.sleep(0.1)
    sentence = f"Parvis is open: http://{settings.BASE_HOST}:{port}"
    if settings.DEMO:
        sentence += (
            f" — try http://issy.{settings.BASE_HOST}:{port}/demo/ to enter as a resident, a merchant, the hub, the"
            " dispatcher, a rider or an agent (for example merchant@issy.demo, password parvis-demo)"
        )
    _say(sentence)
