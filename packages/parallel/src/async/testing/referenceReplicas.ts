import type { Engine, EngineFactory, FloatArray, PlannedStep, StepsResult } from '@lockstep/core/engine';
import { executors } from '../../../../core/src/train/executors.ts';
import type { LocalOptions } from '../localOptions.ts';

/** A step of a mini-batch, with its parts before it. */
type Batch = readonly PlannedStep[];

function batchesOf(steps: readonly PlannedStep[]): Batch[] {
  const batches: PlannedStep[][] = [[]];
  for (const step of steps) {
    batches.at(-1)?.push(step);
    if (!step.program.includes('.part')) batches.push([]);
  }
  return batches.filter(({ length }) => length > 0);
}

/**
 * Local SGD said plainly: an executor of one thread for each replica and one for the master, whose variables are read, combined
 * number by number, and written. What mode `local` is compared with.
 */
export function referenceReplicas(options: LocalOptions): EngineFactory {
  return (sources) => {
    const master = executors.wasm(sources, 1);
    const replicas = Array.from({ length: options.replicas }, () => executors.wasm(sources, 1));
    const all = [master, ...replicas];
    const madeBy = new Map<string, (typeof all)[number]>();
    const momentum = new Map<string, Float32Array>();
    const roles = new Map<string, string>();
    for (const { tensors } of master.programs.values())
      for (const { storage } of tensors)
        if (storage.kind === 'variable' && storage.role !== 'accumulator')
          roles.set(storage.path, storage.role);

    /** @param present - the replicas that made a step in the round */
    const meet = (present: readonly (typeof all)[number][]): void => {
      const { fround } = Math;
      const [rate, kept] = [fround(options.outerLearningRate), fround(options.outerMomentum)];
      for (const [path, role] of roles) {
        const values = present.map((replica) => replica.readVariable(path));
        const [first = new Float32Array(0), ...others] = values;
        const old = master.readVariable(path);
        const speeds = momentum.get(path) ?? new Float32Array(old.length);
        momentum.set(path, speeds);
        const result = Float32Array.from(first, (x0, at) => {
          let sum = 0;
          for (const other of others) sum = fround(sum + fround((other[at] ?? 0) - x0));
          const mean = fround(x0 + fround(sum / values.length));
          if (role !== 'parameter' || (rate === 1 && kept === 0)) return mean;
          const gap = fround(mean - (old[at] ?? 0));
          const speed = fround(fround(kept * (speeds[at] ?? 0)) + gap);
          speeds[at] = speed;
          return fround((old[at] ?? 0) + fround(rate * fround(gap + fround(kept * speed))));
        });
        master.writeVariable(path, result);
      }
    };

    const train = (steps: readonly PlannedStep[]): StepsResult => {
      const batches = batchesOf(steps);
      const perRound = options.replicas * options.steps;
      let made = 0;
      for (let from = 0; from < batches.length; from += perRound) {
        const round = batches.slice(from, from + perRound);
        const [broken, present] = [new Set<number>(), new Set<(typeof all)[number]>()];
        let diverged = Number.POSITIVE_INFINITY;
        for (const replica of replicas)
          for (const path of roles.keys()) replica.writeVariable(path, master.readVariable(path));
        for (const [at, batch] of round.entries()) {
          const number = at % options.replicas;
          const replica = replicas[number] ?? master;
          present.add(replica);
          for (const { program, entry } of batch) {
            if (broken.has(number)) continue;
            madeBy.set(`${program} ${entry}`, replica);
            if (replica.run(program, entry) === 'done') continue;
            broken.add(number);
            diverged = Math.min(diverged, at);
          }
        }
        if (broken.size > 0)
          return { made: made + round.slice(0, diverged).flat().length, outcome: 'diverged' };
        made += round.flat().length;
        meet([...present]);
      }
      return { made, outcome: 'done' };
    };

    const engine: Engine<FloatArray> = {
      access: {
        programs: master.programs,
        writeVariable: (path, values) => master.writeVariable(path, values),
        readVariable: (path) => master.readVariable(path),
        writeInput: (name, values) => {
          for (const each of all) each.writeInput(name, values);
        },
        writeInputRows: (name, start, values) => {
          for (const each of all) each.writeInputRows(name, start, values);
        },
        writeStepValue: (program, name, step, values) => {
          for (const each of all) each.writeStepValue(program, name, step, values);
        },
        readResult: (program, name, step) =>
          (madeBy.get(`${program} ${step}`) ?? master).readResult(program, name, step),
      },
      workers: 1,
      runSteps: (steps) => {
        if (steps.some(({ program }) => program.startsWith('train'))) return Promise.resolve(train(steps));
        for (const { program, entry } of steps) master.run(program, entry);
        return Promise.resolve({ made: steps.length, outcome: 'done' });
      },
      close: () => Promise.resolve(),
    };
    return engine;
  };
}
