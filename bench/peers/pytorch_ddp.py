#!/usr/bin/env python3
"""Data-parallel PyTorch for `pnpm bench peers`: DistributedDataParallel over gloo, one thread a process.

Speaks the protocol of pytorch_engine.py, with `"processes": 2` in place of `"threads"`. Process 0 reads the
requests and passes them on to the others; each trains on its part of the rows with its part of the
mini-batch, and DDP averages the gradients: the same step as one process makes on the whole mini-batch.
`cpuSeconds` and `samples` are those of all processes, `loss` is the mean over them.

Between rounds all processes sleep, the first on stdin and the others on a pipe.
"""

import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time

import torch
import torch.distributed as dist
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from pytorch_engine import loaded_openblas, set_threads, shuffled_batches


class Perceptron(torch.nn.Module):
    """The network of pytorch_engine.py as a module, which is what DDP wraps."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:]))

    def forward(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = torch.relu_(layer(x))
        return last(x)


class Training:
    """One process's part of the training."""

    def __init__(self, rank, processes, sizes, batch, optimizer, lr, rows):
        if batch % processes or rows % processes:
            raise ValueError(f"got {rows} rows in mini-batches of {batch}, wanted multiples of {processes}")
        torch.manual_seed(0)
        inputs = torch.rand(rows, sizes[0]) * 2 - 1
        labels = torch.randint(0, sizes[-1], (rows,), dtype=torch.int64)
        network = Perceptron(sizes)
        self.parameters = sum(p.numel() for p in network.parameters())
        torch.manual_seed(rank)
        part = slice(rank * rows // processes, (rank + 1) * rows // processes)
        self.batches = shuffled_batches(inputs[part].clone(), labels[part].clone(), batch // processes)
        # Buckets that the gradients live in, and a graph that never changes: the least that DDP can copy.
        self.network = DistributedDataParallel(network, gradient_as_bucket_view=True, static_graph=True)
        kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
        self.optimizer = kinds[optimizer](network.parameters(), lr=lr, foreach=False)

    def run(self, steps):
        batches, network, optimizer = self.batches, self.network, self.optimizer
        loss_sum, samples = torch.zeros(()), 0
        dist.barrier()
        cpu_start, start = time.process_time(), time.perf_counter()
        for _ in range(steps):
            x, labels = next(batches)
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(network(x), labels)
            loss.backward()
            optimizer.step()
            loss_sum.add_(loss.detach(), alpha=len(labels))
            samples += len(labels)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        totals = torch.tensor([cpu_seconds, samples, loss_sum.item()], dtype=torch.float64)
        dist.all_reduce(totals)
        longest = torch.tensor(seconds, dtype=torch.float64)
        dist.all_reduce(longest, op=dist.ReduceOp.MAX)
        cpu_seconds, samples, loss = totals.tolist()
        return {
            "seconds": longest.item(),
            "cpuSeconds": cpu_seconds,
            "samples": int(samples),
            "loss": loss / samples,
        }


def join(rank, processes, meeting):
    set_threads(1, loaded_openblas())
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=processes)


def follow(rank, processes, meeting, requests, setup):
    """The life of every process but the first."""
    join(rank, processes, meeting)
    training = Training(rank, processes, **setup)
    while (steps := requests.recv()) is not None:
        training.run(steps)


class Group:
    """All processes, as the first one sees them."""

    def __init__(self, processes, **setup):
        meeting = os.path.join(tempfile.mkdtemp(), "meeting")
        context = multiprocessing.get_context("spawn")
        self.pipes = []
        for rank in range(1, processes):
            theirs, ours = context.Pipe(duplex=False)
            arguments = (rank, processes, meeting, theirs, setup)
            context.Process(target=follow, args=arguments, daemon=True).start()
            self.pipes.append(ours)
        join(0, processes, meeting)
        self.training = Training(0, processes, **setup)

    def run(self, steps):
        for pipe in self.pipes:
            pipe.send(steps)
        return self.training.run(steps)

    def stop(self):
        for pipe in self.pipes:
            pipe.send(None)


def main():
    openblas = loaded_openblas()
    group = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            command = request.pop("cmd")
            if command == "setup" and group is None:
                group = Group(**request)
                answer = {
                    "torch": torch.__version__,
                    "python": platform.python_version(),
                    "blas": openblas.openblas_get_config().decode() if openblas else "not OpenBLAS",
                    "kernels": openblas.openblas_get_corename().decode() if openblas else "not OpenBLAS",
                    "openmpThreads": torch.get_num_threads(),
                    "blasThreads": openblas.openblas_get_num_threads() if openblas else None,
                    "parameters": group.training.parameters,
                }
            elif command == "run" and group is not None:
                answer = group.run(**request)
            else:
                raise ValueError(f"got {command!r}, wanted 'setup' once and, after it, 'run'")
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    if group is not None:
        group.stop()


if __name__ == "__main__":
    main()
