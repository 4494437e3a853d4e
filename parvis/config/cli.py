"""The command ``parvis``: one literal table of verbs, each with ``--help``.

A verb is two functions: one says its arguments, the other does it and gives the exit code (0 done, 2 a sentence
on standard error says what to do). Standard output is kept for results, progress goes to standard error.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

type Configure = Callable[[argparse.ArgumentParser], None]
type Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of the command line; ``module`` is imported only when it is used."""

    name: str
    help: str
    module: str
    configure: str = "add_arguments"
    run: str = "run"
    prepares: bool = False  # bring the database up to date first: the verb works on an empty machine


VERBS = (
    Verb("serve", "set the database up and serve all towns, worker included", "parvis.config.serve"),
    Verb("worker", "run background jobs only", "parvis.config.serve", run="run_worker", configure="no_arguments"),
    Verb("setup", "bring the database up to date, nothing else", "parvis.config.serve", "no_arguments", "run_setup"),
    Verb("demo", "build the demonstration towns", "parvis.demo.commands", "add_demo_arguments", "run_demo", True),
    Verb("town", "create, refresh, list or delete towns", "parvis.config.town_command", prepares=True),
    Verb("goods", "bring the catalogue of EANs", "parvis.config.goods_command", prepares=True),
    Verb("places", "bring places from a file, or write them to one", "parvis.config.places_command", prepares=True),
    Verb(
        "simulate",
        "play a day of a town through the code of its pages, or a month for a council",
        "parvis.demo.commands",
        "add_simulate_arguments",
        "run_simulate",
        prepares=True,
    ),
    Verb("bench", "measure: routing, pages", "parvis.config.bench"),
    Verb("purge", "delete personal data whose time is over", "parvis.config.retention"),
)


def main(argv: list[str] | None = None) -> int:
    """Run one verb; the exit code is for the shell."""
    if sys.version_info < (3, 12):  # noqa: UP036 - said in a sentence rather than in a traceback
        print("Parvis needs Python 3.12 or later. Install it (or pyenv) and run make again.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="parvis", description="The digital main street of a town.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        verbs.add_parser(verb.name, help=verb.help, description=verb.help.capitalize() + ".", add_help=False)
    chosen = next((verb for verb in VERBS if argv[:1] == [verb.name]), None)
    if chosen is None:
        parser.parse_args(argv)
        return 2
    return _run(chosen, argv[1:])


def _run(verb: Verb, argv: list[str]) -> int:
    try:
        _start_django()
        module = import_module(verb.module)
        parser = argparse.ArgumentParser(prog=f"parvis {verb.name}", description=verb.help.capitalize() + ".")
        configure: Configure = getattr(module, verb.configure)
        configure(parser)
        options = parser.parse_args(argv)
        if verb.prepares:
            import_module("parvis.config.serve").prepare()
        run: Run = getattr(module, verb.run)
        return run(options)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 2


def _start_django() -> None:
    import django

    django.setup()


def _sentence(error: Exception) -> str | None:
    """What to do about an error that an operator can mend; None for the program's own faults."""
    from django.db import OperationalError, ProgrammingError

    if isinstance(error, OperationalError):
        first = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
        return (
            f"The database does not answer ({first}). Check DATABASE_URL, or unset it to use the embedded PostgreSQL."
        )
    if isinstance(error, ProgrammingError) and "does not exist" in str(error):
        return "The database is not set up yet. Run: parvis setup"
    if isinstance(error, ValueError) and "DATABASE_URL" in str(error):
        return str(error)
    return None
