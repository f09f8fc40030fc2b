import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Answer, JsonProcess } from './jsonProcess.ts';
import type { Network } from './networks.ts';
import { dataRows, type Round } from './training.ts';

const scripts = {
  process: join(import.meta.dirname, '../peers/pytorch_engine.py'),
  distributed: join(import.meta.dirname, '../peers/pytorch_ddp.py'),
};

/** Kernel sets of OpenBLAS. Which is faster depends on the processor and the shapes, so both are tried. */
export const kernelSets = ['HASWELL', 'SKYLAKEX'] as const;

/** How to get what is missing. */
export const installHint = 'PyTorch is not installed: `apt-get install python3-torch`, or set PYTHON';

/** The first Python that has PyTorch. */
export function findPython(): string | undefined {
  const candidates = [process.env['PYTHON'], 'python3', '/usr/bin/python3'];
  return candidates.find((python) => {
    if (python === undefined) return false;
    try {
      execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

export interface PyTorchVersions {
  readonly torch: string;
  readonly python: string;
  readonly blas: string;
  /** The kernel set that OpenBLAS has chosen. */
  readonly kernels: string;
}

/** What a trainer says of a round. */
export function roundOf(answer: Answer): Round {
  const number = (name: string): number => Number(answer[name]);
  return {
    seconds: number('seconds'),
    cpuSeconds: number('cpuSeconds'),
    samples: number('samples'),
    loss: number('loss'),
  };
}

export interface PyTorchOptions {
  /** Default 1. */
  readonly threads?: number;
  /** Default 1; more share each mini-batch, with DistributedDataParallel over gloo. */
  readonly processes?: number;
  /** Of the data set. Default `dataRows`. */
  readonly rows?: number;
}

/**
 * glibc gives tensors of 128 KiB and more pages of their own, and takes them back, until one of up to 32 MiB has been freed. A
 * data set of 51 MB is none: every step then faulted its gradients' pages in, and 784-512-512-10 at batch 128 made 19,400
 * samples/s in one thread instead of 31,700, and 26,100 in two instead of 45,100.
 */
const keptMemory = { MALLOC_MMAP_THRESHOLD_: `${2 ** 32}`, MALLOC_TRIM_THRESHOLD_: `${2 ** 32}` };

/** A process that trains the same network with PyTorch. */
export class PyTorch {
  readonly #process: JsonProcess;

  private constructor(python: string, script: string, kernelSet: (typeof kernelSets)[number]) {
    const { OPENBLAS_L2_SIZE: _, ...env } = process.env;
    this.#process = new JsonProcess(python, [script], {
      ...env,
      OPENBLAS_CORETYPE: kernelSet,
      ...keptMemory,
    });
  }

  static async start(
    python: string,
    kernelSet: (typeof kernelSets)[number],
    network: Network,
    { threads = 1, processes = 1, rows = dataRows }: PyTorchOptions = {},
  ): Promise<{ readonly trainer: PyTorch; readonly versions: PyTorchVersions }> {
    const script = processes > 1 ? scripts.distributed : scripts.process;
    const trainer = new PyTorch(python, script, kernelSet);
    const { sizes, batch, optimizer, learningRate: lr } = network;
    const parallel = processes > 1 ? { processes } : { threads };
    const setup = { cmd: 'setup', sizes, batch, optimizer, lr, rows, ...parallel };
    const answer = await trainer.#process.ask(setup);
    const text = (name: string): string => String(answer[name]);
    const versions = { torch: text('torch'), python: text('python'), blas: text('blas') };
    return { trainer, versions: { ...versions, kernels: text('kernels') } };
  }

  async run(steps: number): Promise<Round> {
    return roundOf(await this.#process.ask({ cmd: 'run', steps }));
  }

  stop(): void {
    this.#process.stop();
  }
}
