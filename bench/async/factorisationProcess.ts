// Trains the matrix factorisation, some epochs at a time, as its parent asks: JSON lines, as `JsonProcess` speaks them.
//
//   {"cmd": "setup", "workers": 2, "mode": {"name": "hogwild"}} -> {}
//   {"cmd": "run", "epochs": 4} -> {"seconds": ..., "cpuSeconds": ..., "samples": ..., "loss": ...}
import { createInterface } from 'node:readline';
import { fromArrays, sgd } from '@lockstep/core';
import { type Mode, train } from '@lockstep/parallel';
import { Training } from '../engine/training.ts';
import { factorisationRun } from './factorisationRun.ts';
import { learningRate } from './factorisationSpeed.ts';
import { generatedRatings } from './generatedRatings.ts';

interface Request {
  readonly cmd: 'setup' | 'run';
  readonly workers: number;
  readonly mode: Mode;
  readonly epochs: number;
}

let training: Training | undefined;

async function answer({ cmd, workers, mode, epochs }: Request): Promise<object> {
  if (cmd === 'run') return (await training?.run(epochs)) ?? { error: 'asked before the setup' };
  const run = factorisationRun({
    data: fromArrays({ ...generatedRatings() }),
    optimizer: sgd({ learningRate }),
    epochs: Number.MAX_SAFE_INTEGER,
  });
  training = await Training.startRun(run, (made) => train(made, { workers, mode }));
  return {};
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
await training?.stop();
