import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilQuiet } from './quiet.ts';
import type { Section } from './sections.ts';
import { median, spread, table } from './statistics.ts';

const root = join(import.meta.dirname, '../..');

/** What a user's first program is: import, make data, train. Its times are since the process started. */
const program = `
const begun = performance.now();
const { adam, defineRun, dense, fit, fromArrays, sequential, sgd } = await import('@lockstep/core');
const { setWasmFlags } = await import('@lockstep/core/node');
setWasmFlags({ revectorize: true });
const imported = performance.now();
const x = Float32Array.from({ length: 32 * 784 }, (_, at) => ((at * 7919) % 2001) / 1000 - 1);
const label = Int32Array.from({ length: 32 }, (_, at) => at % 10);
const run = defineRun({
  data: fromArrays({ x: { values: x, shape: [784] }, label: { values: label, classes: 10 } }),
  model: sequential(dense(64, { activation: 'relu' }), dense(64, { activation: 'relu' }), dense(10)),
  loss: 'sparseCategoricalCrossentropy',
  optimizer: sgd({ learningRate: 0.01 }),
  epochs: 1,
  batchSize: 32,
});
const defined = performance.now();
let compiled = 0;
let stepped = 0;
await fit(run, {
  onEvent: ({ type }) => {
    if (type === 'start') compiled = performance.now();
    if (type === 'epoch') stepped = performance.now();
  },
});
console.log(JSON.stringify({ begun, imported, defined, compiled, stepped }));
`;

const stages = ['begun', 'imported', 'defined', 'compiled', 'stepped'] as const;
type Times = Readonly<Record<(typeof stages)[number], number>>;

function installPacked(folder: string): void {
  const call = (command: string, cwd: string, ...args: readonly string[]): void => {
    execFileSync(command, args, { cwd, stdio: 'pipe' });
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  writeFileSync(join(folder, 'first.js'), program);
  call('npx', join(root, 'packages/core'), '--yes', 'pnpm@12', 'pack', '--pack-destination', folder);
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  call('npm', folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`);
}

/** How long a fresh process takes from its start to the end of its first training step. */
export const firstStep: Section = {
  flag: 'first-step',
  title: 'First step of a process',
  measure: async ({ rounds, log }) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-first-step-'));
    try {
      log('packing and installing @lockstep/core');
      installPacked(folder);
      const runs: Times[] = [];
      for (let round = 0; round <= rounds; round++) {
        await untilQuiet();
        const output = execFileSync(process.execPath, ['first.js'], { cwd: folder, encoding: 'utf8' });
        const times: Times = JSON.parse(output);
        // The first run reads the files from disk.
        if (round > 0) runs.push(times);
        log(`  ${times.stepped.toFixed(0)} ms`);
      }
      const between = (from: keyof Times, to: keyof Times): string =>
        spread(
          runs.map((times) => times[to] - times[from]),
          1,
        );
      const rows = [
        [
          'start of Node.js',
          spread(
            runs.map(({ begun }) => begun),
            1,
          ),
        ],
        ['import', between('begun', 'imported')],
        ['data and run', between('imported', 'defined')],
        ['compile and initialise', between('defined', 'compiled')],
        ['first step', between('compiled', 'stepped')],
        ['from import to the first step', between('begun', 'stepped')],
      ];
      return {
        data: runs,
        markdown: `784-64-64-10, one mini-batch of 32 rows, SGD; the packed build, installed. Milliseconds, median of ${runs.length} processes.\n\n${table(['', 'ms'], rows)}\n\nTotal with the start of Node.js: ${median(runs.map(({ stepped }) => stepped)).toFixed(0)} ms.`,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
