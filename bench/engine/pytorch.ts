import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
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

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export interface PyTorchOptions {
  /** Default 1. */
  readonly threads?: number;
  /** Default 1; more share each mini-batch, with DistributedDataParallel over gloo. */
  readonly processes?: number;
  /** Of the data set. Default `dataRows`. */
  readonly rows?: number;
}

/** A process that trains the same network with PyTorch. */
export class PyTorch {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  private constructor(python: string, script: string, kernelSet: (typeof kernelSets)[number]) {
    const { OPENBLAS_L2_SIZE: _, ...env } = process.env;
    this.#process = spawn(python, [script], {
      env: { ...env, OPENBLAS_CORETYPE: kernelSet },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
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
    const answer = await trainer.#ask(setup);
    const text = (name: string): string => String(answer[name]);
    const versions = { torch: text('torch'), python: text('python'), blas: text('blas') };
    return { trainer, versions: { ...versions, kernels: text('kernels') } };
  }

  async #ask(request: object): Promise<Readonly<Record<string, unknown>>> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    const answer: unknown = done === true ? { error: 'the process ended' } : JSON.parse(value);
    if (!isRecord(answer) || 'error' in answer)
      throw new Error(`PyTorch: ${isRecord(answer) ? String(answer['error']) : String(value)}`);
    return answer;
  }

  async run(steps: number): Promise<Round> {
    const answer = await this.#ask({ cmd: 'run', steps });
    const number = (name: string): number => Number(answer[name]);
    return {
      seconds: number('seconds'),
      cpuSeconds: number('cpuSeconds'),
      samples: number('samples'),
      loss: number('loss'),
    };
  }

  stop(): void {
    this.#lines.close();
    this.#process.stdin.end();
  }
}
