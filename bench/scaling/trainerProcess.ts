// Trains a network on worker threads, some epochs at a time, as its parent asks; see `trainer.ts`.
import { type TrainResult, train } from '@lockstep/parallel';
import { Training } from '../engine/training.ts';
import type { Answer, Request } from './messages.ts';

let training: Training | undefined;
let result: Promise<TrainResult> | undefined;

function started(): Training {
  if (training === undefined) throw new Error('asked before the start');
  return training;
}

async function answer(request: Request): Promise<Answer> {
  if (request.kind === 'start') {
    const { network, workers, rows, spans } = request;
    training = await Training.start(network, {
      rows,
      train: (run) => {
        // The model of a step is fitted to the phases of this way.
        result = train(run, {
          workers,
          reduce: 'fused',
          ...(spans !== undefined && { timeline: { capacity: spans } }),
        });
        return result;
      },
    });
    return { kind: 'start' };
  }
  if (request.kind === 'run') return { kind: 'run', round: await started().run(request.epochs) };
  await started().stop();
  return { kind: 'stop', timelines: (await result)?.timelines ?? [] };
}

const failed = (error: unknown): Answer => ({ kind: 'failed', message: String(error) });

// Its threads would keep it alive.
process.on('disconnect', () => process.exit());
process.on('message', (request: Request) => {
  void answer(request)
    .catch(failed)
    .then((reply) => process.send?.(reply));
});
