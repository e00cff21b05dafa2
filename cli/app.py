"""The commands under one name, and every way a run can end as an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import Annotated, NoReturn

import typer

import nlpcell
from nlpcell.errors import Problem, SystemTrouble

from . import evaluate, generate, models, sentiment, terminal, train
from .records import SomeFailed

app = typer.Typer(
    name="nlpcell",
    help="Small recurrent networks for text, at the end of a pipe.",
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
app.command()(generate.generate)
app.command()(sentiment.sentiment)
app.add_typer(train.app, name="train")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(models.app, name="models")


class Stopped(KeyboardInterrupt):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        with terminal.Output() as out:
            out.write(f"nlpcell {nlpcell.__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=show_version, is_eager=True,
                           help="Show the version and exit.")
    ] = False,
) -> None:
    """Small recurrent networks for text, at the end of a pipe."""


def main() -> NoReturn:
    """Run a command; the process ends with the code that says how it went."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments or bool(os.environ.get("NLPCELL_DEBUG"))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    code = run([one for one in arguments if one != "--debug"], debug)
    sys.stdout = sys.stdout and flushed(sys.stdout)
    sys.exit(code)


def run(arguments: list[str], debug: bool) -> int:
    """The exit code of a command line."""
    try:
        result = app(arguments, prog_name="nlpcell", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except terminal.ReaderLeft:
        return 0
    except SomeFailed as problem:
        return problem.exit_code
    except Problem as problem:
        if debug:
            traceback.print_exc()
        terminal.tell(problem)
        return problem.exit_code
    except typer.TyperException as error:
        return misused(error)
    except (KeyboardInterrupt, typer.Abort) as stop:
        cause = stop.__cause__ or stop.__context__ or stop
        return 128 + (cause.number if isinstance(cause, Stopped) else signal.SIGINT)
    except MemoryError:
        terminal.tell(SystemTrouble("out of memory", hint="try a smaller --batch-size"))
        return SystemTrouble.exit_code
    except SystemExit as end:  # Typer's own answer to --help with a closed pipe
        return 0 if end.code == 1 else int(end.code or 0)
    except Exception:
        return bug()


def misused(error: typer.TyperException) -> int:
    """Wrong use, as Typer words it, in our form."""
    what = error.format_message()
    what, _, nearest = what.partition(" Did you mean ")
    terminal.say(f"error: {what[:1].lower()}{what[1:].rstrip('.')}")
    terminal.say(f"hint: did you mean {nearest}" if nearest else "hint: nlpcell --help")
    return 2


def bug() -> int:
    """A fault of ours: the traceback goes to a file whose name is printed."""
    import platformdirs

    folder = platformdirs.user_state_path("nlpcell")
    report = folder / f"crash-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report.write_text(traceback.format_exc(), encoding="utf-8")
        terminal.say(f"error: a bug of nlpcell; what happened is in {report}")
    except OSError:
        traceback.print_exc()
    return 70


def stop(number: int, _frame: object) -> NoReturn:
    """Turn a signal into an exception, so that files are closed and checkpoints saved."""
    raise Stopped(number)


def flushed(stream: object) -> None:
    """Flush standard output ourselves: at interpreter exit a failure could not be told."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        terminal.silence()
    except OSError as error:
        terminal.silence()
        terminal.tell(SystemTrouble(f"cannot write output: {error.strerror}"))
        sys.exit(SystemTrouble.exit_code)
