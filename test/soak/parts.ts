/** A part of the soak: a program of its own, with a time after which it counts as hung. */
export interface Part {
  readonly name: string;
  /** What it shows. */
  readonly shows: string;
  /** Arguments of Node.js. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly minutes: number;
}

const vitest = (...files: readonly string[]): readonly string[] => [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=verbose',
  ...files,
];

/** With full counts; the same tests run with small ones in `npm test`. */
export const parts: readonly Part[] = [
  {
    name: 'chaos',
    shows:
      'Runs of which threads throw, exit, hang or are terminated end with the bits of an undisturbed run.',
    command: ['test/soak/chaos.ts', '200', '1'],
    minutes: 30,
  },
  {
    name: 'strikes',
    shows: 'So do runs of which threads are terminated at random moments.',
    command: ['test/soak/strikes.ts', '150', '1'],
    minutes: 30,
  },
  {
    name: 'interleavings',
    shows: 'Barrier, abort and recovery, driven through random interleavings, deaths and overslept waits.',
    command: vitest('packages/parallel/src/shared/recovery.test.ts'),
    environment: { RANDOM_WALKS: '5000' },
    minutes: 30,
  },
  {
    name: 'random runs',
    shows: 'Random networks have the bits of the interpreter from every executor.',
    command: vitest(
      'packages/core/src/train/randomRuns.test.ts',
      'packages/core/src/train/sparseRuns.test.ts',
    ),
    environment: { RANDOM_RUNS: '200', RANDOM_RUNS_SEED: '2' },
    minutes: 30,
  },
  {
    name: 'golden bits',
    shows: 'Every golden run has its bits from every executor, number of workers, reduction and Node.js.',
    command: [...vitest('test/strict/'), '--testTimeout=600000'],
    environment: { EVERY_PAIRING: '1' },
    minutes: 30,
  },
  {
    name: 'kills',
    shows:
      'A run whose processes are killed at file calls, in phases and at random moments ends with its bits.',
    command: ['test/soak/kills.ts', '200', '1'],
    minutes: 30,
  },
  {
    name: 'replays',
    shows: 'Asynchronous runs whose order of updates was kept have their bits again, made in it.',
    command: ['test/soak/replays.ts', '100', '1'],
    minutes: 20,
  },
  {
    name: 'fuzz',
    shows: 'Broken files of every format are read or refused, in bounded time and memory.',
    command: ['test/soak/fuzz.ts', '100000', '1'],
    minutes: 20,
  },
  {
    name: 'functions',
    shows: 'Strict functions stay within the error that they state, on float32 from the whole range.',
    command: vitest('packages/core/src/nest/functions.test.ts'),
    environment: { LOCKSTEP_SWEEP_STRIDE: '2003' },
    minutes: 30,
  },
  {
    name: 'examples',
    shows: 'Examples are solved from as many seeds as their page says.',
    command: vitest('test/examples.test.ts'),
    environment: { EVERY_SEED: '1' },
    minutes: 10,
  },
  {
    name: 'memory',
    shows: 'A long run keeps its size.',
    command: vitest('test/strict/memory.test.ts'),
    environment: { MEMORY_STEPS: '500000' },
    minutes: 15,
  },
  {
    name: 'clinic',
    shows: 'The reports of clinic flame, doctor and bubbleprof are made, and know kernels by name.',
    command: vitest('test/clinic.test.ts'),
    environment: { CLINIC: '1' },
    minutes: 15,
  },
];
