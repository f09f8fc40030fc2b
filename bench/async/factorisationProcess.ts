// Trains the matrix factorisation, some epochs at a time, as its parent asks: JSON lines, as `JsonProcess` speaks them.
//
//   {"cmd": "setup", "workers": 2, "mode": {"name": "hogwild"}} -> {}
//   {"cmd": "run", "epochs": 4} -> {"seconds": ..., "cpuSeconds": ..., "samples": ..., "loss": ..., "stepSeconds": ...}
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
let stepSeconds = 0;

async function answer({ cmd, workers, mode, epochs }: Request): Promise<object> {
  if (cmd === 'run') {
    stepSeconds = 0;
    const round = await training?.run(epochs);
    return round === undefined ? { error: 'asked before the setup' } : { ...round, stepSeconds };
  }
  const run = factorisationRun({
    data: fromArrays({ ...generatedRatings() }),
    optimizer: sgd({ learningRate }),
    epochs: Number.MAX_SAFE_INTEGER,
  });
  training = await Training.startRun(run, (made) =>
    train(made, {
      workers,
      mode,
      onEvent: (event) => {
        if (event.type === 'epoch') stepSeconds += made.train.rows / event.samplesPerSecond;
      },
    }),
  );
  return {};
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
await training?.stop();
