"""The commands under one name, and every way a run can end as an exit code."""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from typing import Annotated, NoReturn

import typer

import nlpcell
from nlpcell.errors import Problem, SystemTrouble

from . import anywhere, layers, options, terminal
from .records import SomeFailed
from .signals import Stopped, listen
from .tree import Tree

app = typer.Typer(
    name="nlpcell",
    cls=Tree,
    help="Small recurrent networks for text, at the end of a pipe.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        with terminal.Output() as out:
            out.write(f"nlpcell {nlpcell.__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            callback=show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
    debug: anywhere.Debug = False,
    verbose: anywhere.Verbose = 0,
    color: anywhere.Colors = None,
    offline: anywhere.Offline = False,
    settings: anywhere.Config = None,
    pairs: anywhere.Set = None,
) -> None:
    """Small recurrent networks for text, at the end of a pipe."""
    anywhere.settle(context, verbose, color, offline, settings, pairs or [])
    options.command_wanted(context)


def main() -> NoReturn:
    """Run a command; the process ends with the code that says how it went."""
    settle()
    listen()
    arguments = anywhere.first(sys.argv[1:])
    code = run(arguments, anywhere.debugging(arguments))
    sys.exit(code if written() else SystemTrouble.exit_code)


def settle() -> None:
    """Take the accidents out of how we were started.

    A standard stream that is closed gets /dev/null, so that no file of ours takes its number. Where
    the locale is not UTF-8 we start again in Python's UTF-8 mode: options and file names are bytes.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout = sys.stdout or terminal.Closed()
    # NumPy's OpenBLAS would start a thread per processor, half the processor time of loading NumPy,
    # and share products among them that are too small for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def run(arguments: list[str], debug: bool) -> int:
    """The exit code of a command line."""
    try:
        result = app(arguments, prog_name="nlpcell", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except SystemExit:  # Typer's own answer to --help with a closed pipe
        return 0
    except (terminal.ReaderLeft, SomeFailed) as end:
        return getattr(end, "exit_code", 0)
    except (Exception, Stopped) as error:
        if debug and sys.stderr is not None:
            traceback.print_exc()
        return ended(error)


def ended(error: BaseException) -> int:
    """Tell what stopped a command, and the exit code for it."""
    match error:
        case Stopped():
            return 128 + error.number
        case Problem():
            terminal.tell(error)
            return error.exit_code
        case typer.TyperException():
            return misused(error)
        case MemoryError():
            terminal.tell(SystemTrouble("out of memory"))
        case OSError(filename=None, errno=errno.ENOSPC):  # Typer's own output, like a help
            terminal.silence()
            terminal.tell(SystemTrouble(f"cannot write output: {error.strerror}"))
        case OSError():
            where = str(error.filename or "")
            terminal.tell(SystemTrouble((error.strerror or str(error)).lower(), where=where))
        case _:
            return bug()
    return SystemTrouble.exit_code


def misused(error: typer.TyperException) -> int:
    """Wrong use, as Typer words it, in our form."""
    what = error.format_message()
    near = re.search(r" \(?(?:Did you mean|Possible options:) (.+?)[?)]*$", what)
    what = what[: near.start()] if near else what
    terminal.say(f"error: {what[:1].lower()}{what[1:].rstrip('.')}")
    if file := blamed(error):
        terminal.say(f"hint: it stands in {file}")
    else:
        terminal.say(f"hint: did you mean {near[1]}?" if near else "hint: nlpcell --help")
    return 2


def blamed(error: typer.TyperException) -> str:
    """The settings file with the value that Typer complains about; "" if it was typed."""
    context, option = getattr(error, "ctx", None), getattr(error, "param", None)
    if context is None or option is None:
        return ""
    source = context.get_parameter_source(option.name)
    return layers.blamed(context, option.name) if source and source.name == "DEFAULT_MAP" else ""


def bug() -> int:
    """A fault of ours: the traceback goes to a file whose name is printed."""
    import platformdirs

    try:
        folder = platformdirs.user_state_path("nlpcell")
        report = folder / f"crash-{os.getpid()}.txt"
        folder.mkdir(parents=True, exist_ok=True)
        report.write_text(traceback.format_exc(), encoding="utf-8", errors="replace")
        terminal.say(f"error: a bug of nlpcell; what happened is in {report}")
    except (OSError, RuntimeError):  # no home folder, or none that can be written to
        terminal.say(traceback.format_exc())
    return 70


def written() -> bool:
    """Flush standard output ourselves: at interpreter exit a failure could not be told."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        terminal.silence()
    except OSError as error:
        terminal.silence()
        terminal.tell(SystemTrouble(f"cannot write output: {error.strerror}"))
        return False
    return True
