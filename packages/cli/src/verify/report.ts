import type { Run } from '@lockstep/core';
import type { ModeName } from '@lockstep/parallel';
import { inMode, number } from '../report/describe.ts';
import type { TrainedBits } from './trainedBits.ts';

/** Columns of the names of trainings. */
const nameWidth = 26;

/** A training that is over. */
export interface Outcome extends TrainedBits {
  readonly name: string;
  readonly seconds: number;
  /** Of `steps`, `weights` and `optimizer` those that are not as in the first training. */
  readonly differs: readonly string[];
}

/** Shows what is verified. */
export interface VerifyReport {
  start(run: Run): void;
  outcome(outcome: Outcome): void;
  end(outcomes: readonly Outcome[]): void;
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Those that do not have the bits of the first. */
export function differing(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ differs }) => differs.length > 0);
}

const lines = (mode: ModeName): VerifyReport => ({
  start: ({ name, epochs, maxSteps, batchSize, seed }) =>
    print(
      `${name}: ${epochs} epochs of batch ${batchSize}${maxSteps === undefined ? '' : `, at most ${maxSteps} steps`}, seed ${seed}${inMode(mode)}`,
    ),
  outcome: ({ name, weightsHash, optimizerHash, steps, seconds, differs }) => {
    print(`${name.padEnd(nameWidth)} weights   ${weightsHash}`);
    print(`${`  ${steps} steps, ${number(seconds)} s`.padEnd(nameWidth)} optimizer ${optimizerHash}`);
    if (differs.length > 0) print(`  DIFFERENT: ${differs.join(', ')}`);
  },
  end: (outcomes) => {
    const others = differing(outcomes);
    if (others.length === 0) print(`all ${outcomes.length} trainings gave the same bits`);
    else
      print(
        `not the bits of "${outcomes[0]?.name}": ${others.map(({ name, differs }) => `${name} (${differs.join(', ')})`).join('; ')}`,
      );
  },
});

const json = (mode: ModeName): VerifyReport => ({
  start: () => {},
  outcome: (outcome) => print(JSON.stringify({ type: 'training', mode, ...outcome })),
  end: (outcomes) => {
    const others = differing(outcomes).map(({ name }) => name);
    print(
      JSON.stringify({
        type: 'verified',
        mode,
        equal: others.length === 0,
        trainings: outcomes.length,
        differing: others,
      }),
    );
  },
});

/** The report for the flags. */
export function verifyReport({
  mode,
  json: isJson,
}: {
  readonly mode: ModeName;
  readonly json?: true;
}): VerifyReport {
  return (isJson ? json : lines)(mode);
}
