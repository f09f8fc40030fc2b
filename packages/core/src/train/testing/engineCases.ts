import type { ProgramSource } from '../../compile/compile.ts';
import { LockstepError } from '../../errors.ts';
import { constant, input, stepValue, variable } from '../../graph/leaves.ts';
import { add, mul, sum } from '../../ops/index.ts';
import type { FloatArray } from '../../runtime/executor.ts';
import { type Observation, observation } from '../../runtime/testing/executorCase.ts';
import type { Engine, PlannedStep, StepsResult } from '../engine.ts';

/** A property that every engine has. */
export interface EngineCase {
  readonly name: string;
  readonly sources: readonly ProgramSource[];
  observe(engine: Engine<FloatArray>): Promise<readonly Observation[]>;
}

const length = 4096;

/** Adds a step's rate to every element of `w`, along the rows of a mini-batch that has to be finite. */
function countingSources(steps: number): readonly ProgramSource[] {
  const w = variable('w', constant(new Float32Array(length), { shape: [length] }));
  const x = input('x', { shape: [64], batchAxis: 0 });
  const count = {
    name: 'count',
    outputs: { loss: sum(mul(x, stepValue('scale'))) },
    guard: 'loss',
    updates: [{ variable: w, value: add(w, stepValue('rate')) }],
  };
  const look = { name: 'look', outputs: { sum: sum(w) }, updates: [] };
  return [
    { graph: count, batchSize: 64, lanes: 2, steps },
    { graph: look, batchSize: 0, lanes: 1, steps: 1 },
  ];
}

function prepare(engine: Engine<FloatArray>, rates: readonly number[], scales: readonly number[]): void {
  const { access } = engine;
  access.writeVariable('w', new Float32Array(length));
  access.writeInput('x', new Float32Array(64).fill(0.5));
  for (const [entry, rate] of rates.entries()) {
    access.writeStepValue('count', 'rate', entry, [rate]);
    access.writeStepValue('count', 'scale', entry, [scales[entry] ?? 1]);
  }
}

const count = (entry: number): PlannedStep => ({ program: 'count', entry });
const look: PlannedStep = { program: 'look', entry: 0 };

/** The value of every element of w, or NaN if they differ. */
function counted({ access }: Engine<FloatArray>): number {
  const w = access.readVariable('w');
  const [first = Number.NaN] = w;
  return w.every((value) => value === first) ? first : Number.NaN;
}

const outcome = (what: string, { made, outcome: how }: StepsResult, wanted: string): Observation =>
  observation(what, `${made} ${how}`, wanted);

const inOrder: EngineCase = {
  name: 'steps of several programs are made in order, and see what was written between two rows of steps',
  sources: countingSources(3),
  observe: async (engine) => {
    const { access } = engine;
    prepare(engine, [1, 10, 100], [1, 2, 4]);
    const first = await engine.runSteps([count(0), look, count(2)]);
    const sumBetween = access.readResult('look', 'sum', 0);
    const after = counted(engine);
    access.writeVariable('w', new Float32Array(length).fill(-8));
    access.writeStepValue('count', 'rate', 1, [0.5]);
    const second = await engine.runSteps([count(1), look]);
    return [
      outcome('first row', first, '3 done'),
      observation('sum between the steps', sumBetween, [length]),
      observation('variable', [after], [101]),
      observation('results', access.readResult('count', 'loss', 2), [128]),
      outcome('second row', second, '2 done'),
      observation('variable after it', [counted(engine)], [-7.5]),
      observation('sum after it', access.readResult('look', 'sum', 0), [-7.5 * length]),
      outcome('no steps', await engine.runSteps([]), '0 done'),
    ];
  },
};

const diverging: EngineCase = {
  name: 'a row of steps ends at the one that diverges: its results are there, its updates are not',
  sources: countingSources(3),
  observe: async (engine) => {
    prepare(engine, [1, 1, 1], [1, Number.NaN, 1]);
    const seen = await engine.runSteps([count(0), count(1), count(2)]);
    const after = counted(engine);
    const loss = engine.access.readResult('count', 'loss', 1);
    const again = await engine.runSteps([count(0), count(2)]);
    return [
      outcome('row', seen, '1 diverged'),
      observation('variable', [after], [1]),
      observation('loss', loss, [Number.NaN]),
      outcome('another row', again, '2 done'),
      observation('variable after it', [counted(engine)], [3]),
    ];
  },
};

const stopped: EngineCase = {
  name: 'a stop asked for by a timer comes through, at a step boundary from which the row can be taken up',
  sources: countingSources(1),
  observe: async (engine) => {
    prepare(engine, [1], [1]);
    // At a microsecond a step or more, a row of seconds: it ends at the stop or the case fails.
    const row = new Array<PlannedStep>(2_000_000).fill(count(0));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 0);
    const progress: number[] = [];
    const { made, outcome: how } = await engine.runSteps(row, {
      signal: stop.signal,
      onProgress: (finished) => progress.push(finished),
    });
    const atStop = counted(engine);
    const goneOn = await engine.runSteps(row.slice(0, 1000));
    return [
      observation('outcome', how, 'stopped'),
      observation('steps that updated', [atStop], [made]),
      observation(
        'progress goes up to what was made',
        String(progress.every((finished, at) => finished >= (progress[at - 1] ?? 1) && finished <= made)),
        'true',
      ),
      outcome('taken up', goneOn, '1000 done'),
      observation('all steps', [counted(engine)], [made + 1000]),
      outcome('stopped before', await engine.runSteps([look], { signal: stop.signal }), '0 stopped'),
    ];
  },
};

/** The code of the LockstepError that steps are refused with. */
async function refused(
  engine: Engine<FloatArray>,
  what: string,
  steps: readonly PlannedStep[],
  wanted: string,
): Promise<Observation> {
  const got = await engine.runSteps(steps).then(
    () => 'nothing thrown',
    (error: unknown) => (error instanceof LockstepError ? error.code : String(error)),
  );
  return observation(what, got, wanted);
}

const refusals: EngineCase = {
  name: 'a row with a step that there is not is refused before its first step',
  sources: countingSources(2),
  observe: async (engine) => {
    prepare(engine, [1, 1], [1, 1]);
    return [
      await refused(engine, 'program', [count(0), { program: 'side', entry: 0 }], 'UNKNOWN_OPTION'),
      await refused(engine, 'entry after the last', [count(0), count(2)], 'BAD_OPTION'),
      await refused(engine, 'half an entry', [count(0), count(0.5)], 'BAD_OPTION'),
      observation('variable', [counted(engine)], [0]),
      outcome('a good row', await engine.runSteps([count(1)]), '1 done'),
    ];
  },
};

const closing: EngineCase = {
  name: 'an engine can be closed twice, and without having made a step',
  sources: countingSources(1),
  observe: async (engine) => {
    await engine.close();
    await engine.close();
    return [];
  },
};

/** What every engine has to do: each runs through all of these in its own test file, and is closed after each. */
export const engineCases: readonly EngineCase[] = [inOrder, diverging, stopped, refusals, closing];
