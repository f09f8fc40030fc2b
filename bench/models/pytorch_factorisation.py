#!/usr/bin/env python3
"""The PyTorch side of `pnpm bench models`: matrix factorisation with sparse gradients, on request.

One JSON object a line on stdin, one line of JSON on stdout for each:

    {"cmd": "setup", "users": 6000, "items": 4000, "rank": 32, "batch": 256, "ratings": 1048576, "lr": 0.05,
     "threads": 1}
        -> {"torch": ..., "python": ...}
    {"cmd": "run", "steps": 4096}
        -> {"seconds": ..., "cpuSeconds": ..., "samples": ..., "loss": ...}

`run` goes on where the last one stopped; `loss` is the mean over the ratings of the round. Between rounds the
process sleeps on stdin. A request that cannot be served is answered with {"error": ...}.
"""

import json
import platform
import sys
import time

import torch
from torch.nn import functional as F


def shuffled_batches(columns, size):
    """Batches for ever: a new permutation each epoch, by which the columns are gathered at once."""
    while True:
        rows = torch.randperm(len(columns[0]))
        yield from zip(*(column.index_select(0, rows).split(size) for column in columns))


class Factorisation:
    """rating(user, item) = dot product of a row of each table; squared error; SGD on the touched rows.

    The fastest of the forms that were tried. Measured with PyTorch 1.13.1, one thread, AMD EPYC (Zen 5), millions
    of ratings/s, best of 3 passes over the data: as below 2.66; functional.embedding 2.63; torch.embedding 2.43;
    the dot products by torch.bmm 1.94; the loss by square and mean 2.43; foreach left to its default 2.65;
    gathering the columns batch by batch 2.50. With two threads 2.6 to 2.7.
    """

    def __init__(self, users, items, rank, batch, ratings, lr):
        generator = torch.Generator().manual_seed(0)
        user = torch.randint(users, (ratings,), generator=generator)
        item = torch.randint(items, (ratings,), generator=generator)
        rating = torch.rand(ratings, generator=generator) * 2 - 1
        self.batches = shuffled_batches((user, item, rating), batch)
        torch.manual_seed(0)
        self.users = torch.nn.Embedding(users, rank, sparse=True)
        self.items = torch.nn.Embedding(items, rank, sparse=True)
        for table in (self.users, self.items):
            torch.nn.init.uniform_(table.weight, -0.05, 0.05)
        parameters = [self.users.weight, self.items.weight]
        self.optimizer = torch.optim.SGD(parameters, lr=lr, foreach=False)

    def run(self, steps):
        batches, optimizer = self.batches, self.optimizer
        users, items, mse = self.users, self.items, F.mse_loss
        loss_sum, samples = torch.zeros(()), 0
        cpu_start, start = time.process_time(), time.perf_counter()
        for _ in range(steps):
            user, item, rating = next(batches)
            optimizer.zero_grad(set_to_none=True)
            loss = mse((users(user) * items(item)).sum(1), rating)
            loss.backward()
            optimizer.step()
            loss_sum.add_(loss.detach(), alpha=len(rating))
            samples += len(rating)
        mean_loss = loss_sum.item() / samples
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        return {"seconds": seconds, "cpuSeconds": cpu_seconds, "samples": samples, "loss": mean_loss}


def main():
    training = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            command = request.pop("cmd")
            if command == "setup":
                torch.set_num_threads(request.pop("threads"))
                training = Factorisation(**request)
                answer = {"torch": torch.__version__, "python": platform.python_version()}
            elif command == "run" and training is not None:
                answer = training.run(**request)
            else:
                raise ValueError(f"got {command!r}, wanted 'setup' or, after it, 'run'")
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
