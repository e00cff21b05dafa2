"""Several processes on one training: PyTorch's DistributedDataParallel under torchrun."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from processes import Done, environment, history, nlpcell, trained
from toys import GENERATE, SENTIMENT, opinions

from nlpcell.training.batches import Sentences, Stream
from nlpcell.training.machine import Machine
from nlpcell.training.machine import machine as joined

LIKE_ONE = ["--dropout", "0", "--averaging", "0", "--epochs", "1"]


def torchrun(*arguments: str | Path, home: Path) -> Done:
    """`torchrun --nproc-per-node 2 -m nlpcell train ...`, over the loopback."""
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*words, "-m", "nlpcell", "train", *map(str, arguments)],
        capture_output=True,
        cwd=home,
        env=environment(home, GLOO_SOCKET_IFNAME="lo", OMP_NUM_THREADS="1"),
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def alike(home: Path, one: str, other: str, score: str) -> None:
    """Two learning curves, within what bf16 on the way allows."""
    curves = [history(home / one), history(home / other)]
    assert [row["step"] for row in curves[0]] == [row["step"] for row in curves[1]]
    for first, second in zip(*curves, strict=True):
        assert first["loss"] == pytest.approx(second["loss"], rel=2e-2)
        assert first[score] == pytest.approx(second[score], rel=2e-2)


def test_two_processes_learn_what_one_learns(home: Path) -> None:
    arguments = ["generate", "text.txt", *GENERATE, *LIKE_ONE]
    assert trained(*arguments, "--out", "one", home=home).code == 0
    done = torchrun(*arguments, "--out", "two", home=home)
    assert done.code == 0, done.err
    assert done.err.count("training on cpu") == 1  # one of them speaks
    assert not list((home / "two").rglob(".nlpcell-*"))
    alike(home, "one", "two", "nats/char")
    assert nlpcell("models", "verify", "two", home=home).code == 0
    # On with one process: memory and weights fit, random numbers do not, and that is said.
    more = ["--resume", "--force", "--epochs", "2"]
    done = trained(*arguments, "--out", "two", *more, home=home)
    assert done.code == 0, done.err
    assert "resumed on another kind or number of machines" in done.err


def gathered(rank: int, port: int, folder: str) -> None:
    """One of two processes: memories of uneven size and random states there and back."""
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), GLOO_SOCKET_IFNAME="lo")
    torch.distributed.init_process_group("gloo", rank=rank, world_size=2)
    machine = Machine(torch.device("cpu"), False, rank, 2)
    memory = torch.arange(2 * 1 * 5 * 3, dtype=torch.float32).reshape(2, 1, 5, 3)
    own = machine.own_memory(memory)
    assert own.shape[2] == (3, 2)[rank]
    everything = machine.memory_of_all(own)
    assert everything is not None and torch.equal(everything, memory)
    torch.manual_seed(rank)
    states = machine.random_states()
    drawn = torch.rand(3)
    assert machine.go_on_drawing(states, 0) == ""
    assert torch.equal(torch.rand(3), drawn)
    assert machine.agreed(7.0 + rank, rank == 1) == (7.0, True)
    assert "anew" in machine.go_on_drawing(states[:1], 0)
    Path(folder, str(rank)).write_text(str(drawn.tolist()))
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def test_memory_and_random_state_of_all_processes_are_kept(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    torch.multiprocessing.spawn(gathered, (port, str(tmp_path)), nprocs=2)
    drawn = [(tmp_path / str(rank)).read_text() for rank in (0, 1)]
    assert drawn[0] != drawn[1]  # each process hides other units


def in_stages(rank: int, port: int) -> None:
    """One of two processes that train in two stages, as torchrun starts them; the first is late."""
    os.environ.update(
        MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), GLOO_SOCKET_IFNAME="lo", RANK=str(rank),
        WORLD_SIZE="2", LOCAL_WORLD_SIZE="2", TORCHELASTIC_USE_AGENT_STORE="True",
    )  # fmt: skip
    for _ in range(2):
        with joined("cpu") as here:
            assert here.total(1.0) == 2.0
        time.sleep(1 - rank)


def test_processes_stay_together_from_stage_to_stage() -> None:
    store = torch.distributed.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    both = torch.multiprocessing.spawn(in_stages, (store.port,), nprocs=2, join=False)
    ended = any(both.join(timeout=20) for _ in range(4))  # it returns when one of them ends, too
    for process in both.processes:
        process.kill()
    assert ended


class Share:
    """The place of a process among others."""

    def __init__(self, rank: int, world: int) -> None:
        self.rank, self.world = rank, world


def test_processes_divide_each_batch_between_them() -> None:
    stream = Stream([np.arange(3000, dtype=np.int32)], batch=5, steps=10, seed=1)
    whole = stream.epoch(0, Share(0, 1))[3]
    parts = [stream.epoch(0, Share(rank, 2))[3] for rank in (0, 1)]
    assert torch.equal(parts[0].ids, whole.ids[0::2])
    assert torch.equal(parts[1].following, whole.following[1::2])
    sentences = Sentences(lambda _: [[i + 4] for i in range(9)], list(range(9)), 4, 1)
    for position in range(3):
        labels = [
            label
            for rank in range(3)
            for label in sentences.epoch(0, Share(rank, 3))[position].labels.tolist()
            if label >= 0
        ]
        assert sorted(labels) == sorted(sentences.epoch(0, Share(0, 1))[position].labels.tolist())


def test_a_share_without_rows_weighs_nothing(home: Path) -> None:
    """33 = 2 * 16 + 1 sentences: the last batch has one, and one of the processes none."""
    arguments = ["sentiment", "opinions.tsv", *SENTIMENT, *LIKE_ONE, "--dev", "opinions.tsv"]
    (home / "opinions.tsv").write_text(opinions(33))
    assert trained(*arguments, "--out", "one", home=home).code == 0
    done = torchrun(*arguments, "--out", "two", home=home)
    assert done.code == 0, done.err
    alike(home, "one", "two", "macro-F1")
