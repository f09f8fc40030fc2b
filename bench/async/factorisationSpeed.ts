import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mode } from '@lockstep/parallel';
import { type Answer, JsonProcess } from '../engine/jsonProcess.ts';
import { roundOf } from '../engine/pytorch.ts';
import { interleave, type Rounds } from '../engine/rounds.ts';
import type { Round } from '../engine/training.ts';
import { factorisation } from './factorisationRun.ts';
import { generatedRatings, ratingSizes } from './generatedRatings.ts';

/** Of plain SGD, for all sides. */
export const learningRate = 10;

/** Seconds that a round of each side takes about, but at least an epoch. */
const roundSeconds = 0.5;

/** A round, and the speed of its training steps alone: without shuffling and what else lies between two epochs. */
export interface SpeedRound extends Round {
  readonly stepsPerSecond: number;
}

/** Processes that train at the same time; a round of them makes so many passes over the ratings all together. */
interface Side {
  readonly name: string;
  round(epochs: number): Promise<SpeedRound>;
  stop(): void;
}

export interface FactorisationSpeed {
  readonly names: readonly string[];
  readonly measured: Rounds<SpeedRound>;
  /** Of PyTorch; undefined if it is not there. */
  readonly version: string | undefined;
}

function speedRoundOf(answer: Answer): SpeedRound {
  const round = roundOf(answer);
  return { ...round, stepsPerSecond: round.samples / factorisation.batch / Number(answer['stepSeconds']) };
}

/** Ours: so many processes, each with its own tables. */
async function startOurs(name: string, processes: number, workers: number, mode: Mode): Promise<Side> {
  const script = join(import.meta.dirname, 'factorisationProcess.ts');
  const crew = Array.from(
    { length: processes },
    () => new JsonProcess(process.execPath, [script], process.env),
  );
  await Promise.all(crew.map((each) => each.ask({ cmd: 'setup', workers, mode })));
  return {
    name,
    round: async (epochs) => {
      const rounds = await Promise.all(
        crew.map(async (each) =>
          speedRoundOf(await each.ask({ cmd: 'run', epochs: Math.ceil(epochs / processes) })),
        ),
      );
      const sum = (of: (round: SpeedRound) => number): number =>
        rounds.reduce((total, round) => total + of(round), 0);
      return {
        seconds: Math.max(...rounds.map(({ seconds }) => seconds)),
        cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
        samples: sum(({ samples }) => samples),
        loss: sum(({ loss }) => loss) / processes,
        stepsPerSecond: sum(({ stepsPerSecond }) => stepsPerSecond),
      };
    },
    stop: () => {
      for (const each of crew) each.stop();
    },
  };
}

async function startPyTorch(
  python: string,
  folder: string,
  sparse: boolean,
): Promise<{ readonly side: Side; readonly version: string }> {
  const script = join(import.meta.dirname, '../models/pytorch_hogwild.py');
  const peer = new JsonProcess(python, [script], process.env);
  const { torch, python: version } = await peer.ask({
    cmd: 'setup',
    folder,
    ...ratingSizes,
    ...factorisation,
    lr: learningRate,
    processes: 2,
    sparse,
  });
  return {
    side: {
      name: `PyTorch Hogwild, 2 processes, ${sparse ? 'sparse' : 'dense'} gradients`,
      round: async (epochs) =>
        speedRoundOf(
          await peer.ask({ cmd: 'run', steps: (epochs * ratingSizes.ratings) / factorisation.batch }),
        ),
      stop: () => peer.stop(),
    },
    version: `PyTorch ${String(torch)}, Python ${String(version)}`,
  };
}

/** As many passes as fill a round, an even number; the first passes of a process are slower and do not count. */
async function epochsOf({ round }: Side): Promise<number> {
  await round(2);
  const { seconds } = await round(2);
  return 2 * Math.max(1, Math.round(roundSeconds / seconds));
}

/** Matrix factorisation by two workers without locks, by two processes that share nothing, and by PyTorch's way. */
export async function measureFactorisationSpeed(
  python: string | undefined,
  rounds: number,
  log: (line: string) => void,
): Promise<FactorisationSpeed> {
  log('matrix factorisation: speed');
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-ratings-'));
  const all: Side[] = [];
  try {
    all.push(
      await startOurs('lockstep hogwild, 2 workers', 1, 2, { name: 'hogwild' }),
      await startOurs('lockstep, 2 processes of 1 worker', 2, 1, { name: 'sync' }),
      await startOurs('lockstep sync, 2 workers', 1, 2, { name: 'sync' }),
    );
    let version: string | undefined;
    if (python !== undefined) {
      for (const [name, values] of Object.entries(generatedRatings()))
        writeFileSync(join(folder, name), values);
      for (const sparse of [true, false]) {
        const peer = await startPyTorch(python, folder, sparse);
        version = peer.version;
        all.push(peer.side);
      }
    }
    const sides: { name: string; round: () => Promise<SpeedRound> }[] = [];
    for (const side of all) {
      const epochs = await epochsOf(side);
      sides.push({ name: side.name, round: () => side.round(epochs) });
    }
    const measured = await interleave(sides, rounds, log);
    return { names: all.map(({ name }) => name), measured, version };
  } finally {
    for (const side of all) side.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Updates a second of a side, in each round: of training steps alone, or of everything. */
export function updatesPerSecond(
  { measured }: FactorisationSpeed,
  side: number,
  what: 'steps' | 'everything',
): number[] {
  return measured.rounds.map((round) => {
    const own = round[side];
    if (own === undefined) return Number.NaN;
    return what === 'steps' ? own.stepsPerSecond : own.samples / factorisation.batch / own.seconds;
  });
}
