#!/usr/bin/env python3
"""PyTorch's Hogwild in `pnpm bench async`: matrix factorisation by processes that share their tables, on request.

The pattern of PyTorch's own example (examples/mnist_hogwild): `share_memory()`, a process each with an optimizer of
its own, no locks. One JSON object a line on stdin, one line of JSON on stdout for each:

    {"cmd": "setup", "folder": "...", "ratings": 1048576, "users": 6000, "items": 4000, "rank": 32, "batch": 256,
     "lr": 10, "processes": 2, "sparse": true}
        -> {"torch": ..., "python": ...}
    {"cmd": "run", "steps": 4096}
        -> {"seconds": ..., "cpuSeconds": ..., "samples": ..., "loss": ..., "stepSeconds": ...}

The folder has `user` and `item` (int32) and `rating` (float32), raw. `steps` are those of all processes together;
`stepSeconds` is the time without shuffling.
"""

import json
import os
import platform
import sys
import time

import torch
import torch.multiprocessing as multiprocessing
from torch.nn import functional as F


class ShuffledBatches:
    """Batches for ever: a new permutation each epoch, by which the columns are gathered at once."""

    def __init__(self, columns, size):
        self.seconds = 0.0
        self.batches = self.make(columns, size)

    def make(self, columns, size):
        while True:
            start = time.perf_counter()
            rows = torch.randperm(len(columns[0]))
            parts = [column.index_select(0, rows).split(size) for column in columns]
            self.seconds += time.perf_counter() - start
            yield from zip(*parts)


def read_columns(folder, ratings):
    def column(name, dtype):
        return torch.from_file(os.path.join(folder, name), size=ratings, dtype=dtype).clone()

    return column("user", torch.int32).long(), column("item", torch.int32).long(), column("rating", torch.float32)


def train(rank, tables, columns, batch, lr, sparse, connection):
    """One process. The step is that of pytorch_factorisation.py, which is the fastest of those that were tried."""
    torch.set_num_threads(1)
    torch.manual_seed(rank)
    users, items = (torch.nn.Embedding.from_pretrained(table, freeze=False, sparse=sparse) for table in tables)
    optimizer = torch.optim.SGD([users.weight, items.weight], lr=lr, foreach=False)
    shuffled = ShuffledBatches(columns, batch)
    batches = shuffled.batches
    mse = F.mse_loss
    while True:
        steps = connection.recv()
        if steps is None:
            return
        loss_sum, samples, shuffled.seconds = torch.zeros(()), 0, 0.0
        cpu_start, start = time.process_time(), time.perf_counter()
        for _ in range(steps):
            user, item, rating = next(batches)
            optimizer.zero_grad(set_to_none=True)
            loss = mse((users(user) * items(item)).sum(1), rating)
            loss.backward()
            optimizer.step()
            loss_sum.add_(loss.detach(), alpha=len(rating))
            samples += len(rating)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        connection.send((seconds, cpu_seconds, samples, loss_sum.item(), seconds - shuffled.seconds))


class Hogwild:
    def __init__(self, folder, ratings, users, items, rank, batch, lr, processes, sparse):
        context = multiprocessing.get_context("spawn")
        columns = read_columns(folder, ratings)
        torch.manual_seed(0)
        tables = [torch.randn(rows, rank).mul_(0.2) for rows in (users, items)]
        for tensor in (*columns, *tables):
            tensor.share_memory_()
        self.connections = []
        for number in range(processes):
            connection, other = context.Pipe()
            arguments = (number, tables, columns, batch, lr, sparse, other)
            context.Process(target=train, args=arguments, daemon=True).start()
            self.connections.append(connection)
        # Processes that have answered have read everything.
        self.run(processes)

    def run(self, steps):
        for connection in self.connections:
            connection.send(steps // len(self.connections))
        results = [connection.recv() for connection in self.connections]
        samples = sum(result[2] for result in results)
        return {
            "seconds": max(result[0] for result in results),
            "cpuSeconds": sum(result[1] for result in results),
            "samples": samples,
            "loss": sum(result[3] for result in results) / samples,
            "stepSeconds": max(result[4] for result in results),
        }


def main():
    training = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            command = request.pop("cmd")
            if command == "setup":
                training = Hogwild(**request)
                answer = {"torch": torch.__version__, "python": platform.python_version()}
            elif command == "run" and training is not None:
                answer = training.run(**request)
            else:
                raise ValueError(f"got {command!r}, wanted 'setup' or, after it, 'run'")
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    for connection in training.connections if training else ():
        connection.send(None)


if __name__ == "__main__":
    main()
