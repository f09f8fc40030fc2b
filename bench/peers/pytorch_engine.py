#!/usr/bin/env python3
"""The PyTorch side of `pnpm bench engine`: trains the harness's dense networks on random data, on request.

One JSON object a line on stdin, one line of JSON on stdout for each:

    {"cmd": "setup", "sizes": [784, 64, 64, 10], "batch": 32, "optimizer": "sgd", "lr": 0.01,
     "rows": 8192, "threads": 1}
        -> {"torch": ..., "python": ..., "blas": ..., "kernels": ..., "openmpThreads": ...,
            "blasThreads": ..., "parameters": ...}
    {"cmd": "run", "steps": 500}
        -> {"seconds": ..., "cpuSeconds": ..., "samples": ..., "loss": ...}

`setup` replaces the network of an earlier `setup`. `run` goes on where the last one stopped; `loss` is the
mean over the samples of the round. The first round after `setup` is a warm-up that the harness throws away.
A request that cannot be served is answered with {"error": ...}. The process ends with its input.

Between rounds the process sleeps on stdin, so rounds can be interleaved with those of other engines. OpenBLAS
reads OPENBLAS_CORETYPE when it is loaded: one process for each of its kernel sets.
"""

import ctypes
import json
import os
import platform
import sys
import time

import torch
from torch.nn import functional as F


def loaded_openblas():
    """The OpenBLAS that this PyTorch was linked with; None if it is built on another BLAS."""
    try:
        library = ctypes.CDLL("libopenblas.so.0", mode=os.RTLD_NOW | os.RTLD_NOLOAD)
    except OSError:
        return None
    library.openblas_get_config.restype = ctypes.c_char_p
    library.openblas_get_corename.restype = ctypes.c_char_p
    return library


OPENBLAS_OWN_THREADS = 1  # openblas_get_parallel(): 0 is sequential, 1 is threads of its own, 2 is OpenMP


def set_threads(count, openblas):
    """`count` threads for the products, and for everything else too if both can share one pool.

    An OpenBLAS with threads of its own and PyTorch's OpenMP pool spin against each other: on 2 cores,
    784-512-512-10 batch 128 Adam made 16,300 samples/s with 2 threads in both pools, 52,100 with 2 in
    OpenBLAS alone and 42,000 with 2 in OpenMP alone.
    """
    torch.set_num_threads(count)
    if openblas is not None:
        # torch.set_num_threads does not reach it.
        openblas.openblas_set_num_threads(count)
        if openblas.openblas_get_parallel() == OPENBLAS_OWN_THREADS:
            torch.set_num_threads(1)


def shuffled_batches(inputs, labels, size):
    """Batches for ever: a new permutation each epoch, the last batch of an epoch short if need be."""
    while True:
        for rows in torch.randperm(len(inputs)).split(size):
            yield inputs.index_select(0, rows), labels.index_select(0, rows)


class Training:
    """A multi-layer perceptron: ReLU, softmax cross entropy, float32, PyTorch's default initial weights.

    The fastest of the forms that were tried of a loop on autograd and torch.optim. Measured with PyTorch
    1.13.1 and OpenBLAS 0.3.21 (SkylakeX kernels), one thread, AMD EPYC (Zen 5), samples/s, median of 7,
    784-64-64-10 batch 32 SGD / 784-512-512-10 batch 128 Adam / the same with batch 1024:
        as below                                                 187,300 / 35,200 / 52,000
        relu in place of relu_                                   187,700 / 34,500 / 51,700
        relu, foreach=True                                       188,500 / 33,500 / 51,900
        torch.nn.Sequential in place of functional calls, relu   176,700 / 33,200 / 51,400
    No difference beyond the noise, 3 to 5% between runs: index_select into a preallocated batch, indexing
    with [], gathering the labels once an epoch, torch.jit.trace, ATEN_CPU_CAPABILITY=avx512, malloc without
    trimming, huge pages. torch.jit.script was slower. Adam's fused form is for CUDA only in this version.
    """

    def __init__(self, sizes, batch, optimizer, lr, rows):
        torch.manual_seed(0)
        # Symmetric about 0: on inputs from 0 to 1 most ReLUs die, and after 900 steps of Adam over 90% of
        # the first moments of 784-512-512-10 were denormal, which is no workload to compare engines by.
        inputs = torch.rand(rows, sizes[0]) * 2 - 1
        labels = torch.randint(0, sizes[-1], (rows,), dtype=torch.int64)
        self.batches = shuffled_batches(inputs, labels, batch)
        linear = [torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])]
        self.layers = [(layer.weight, layer.bias) for layer in linear]
        self.parameters = [p for pair in self.layers for p in pair]
        kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
        self.optimizer = kinds[optimizer](self.parameters, lr=lr, foreach=False)

    def run(self, steps):
        batches, optimizer = self.batches, self.optimizer
        *hidden, (last_weight, last_bias) = self.layers
        linear, relu_, cross_entropy = F.linear, torch.relu_, F.cross_entropy
        loss_sum, samples = torch.zeros(()), 0
        cpu_start, start = time.process_time(), time.perf_counter()
        for _ in range(steps):
            x, labels = next(batches)
            count = len(labels)
            optimizer.zero_grad(set_to_none=True)
            for weight, bias in hidden:
                x = relu_(linear(x, weight, bias))
            loss = cross_entropy(linear(x, last_weight, last_bias), labels)
            loss.backward()
            optimizer.step()
            loss_sum.add_(loss.detach(), alpha=count)
            samples += count
        mean_loss = loss_sum.item() / samples
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        return {"seconds": seconds, "cpuSeconds": cpu_seconds, "samples": samples, "loss": mean_loss}


def main():
    openblas = loaded_openblas()
    training = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            command = request.pop("cmd")
            if command == "setup":
                set_threads(request.pop("threads"), openblas)
                training = Training(**request)
                answer = {
                    "torch": torch.__version__,
                    "python": platform.python_version(),
                    "blas": openblas.openblas_get_config().decode() if openblas else "not OpenBLAS",
                    "kernels": openblas.openblas_get_corename().decode() if openblas else "not OpenBLAS",
                    "openmpThreads": torch.get_num_threads(),
                    "blasThreads": openblas.openblas_get_num_threads() if openblas else None,
                    "parameters": sum(p.numel() for p in training.parameters),
                }
            elif command == "run" and training is not None:
                answer = training.run(**request)
            else:
                raise ValueError(f"got {command!r}, wanted 'setup' or, after it, 'run'")
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
