import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilQuiet } from '../engine/quiet.ts';
import { installedCommand } from './installPacked.ts';

const batches = [32, 128] as const;

/** A run file of about five seconds, so short steps that the terminal's part is at its largest. */
function runFile(hidden: number, batchSize: number, epochs: number): string {
  return `
import { defineRun, dense, fromArrays, sequential, sgd } from '@lockstep/core';
const rows = 16384;
const x = Float32Array.from({ length: rows * 784 }, (_, at) => ((at * 7919) % 2001) / 1000 - 1);
const label = Int32Array.from({ length: rows }, (_, at) => at % 10);
export default defineRun({
  data: fromArrays({ x: { values: x, shape: [784] }, label: { values: label, classes: 10 } }),
  model: sequential(dense(${hidden}, { activation: 'relu' }), dense(${hidden}, { activation: 'relu' }), dense(10)),
  loss: 'sparseCategoricalCrossentropy',
  optimizer: sgd({ learningRate: 0.01 }),
  batchSize: ${batchSize},
  epochs: ${epochs},
});`;
}

/** How the output goes: to a terminal with the view, to one that can do nothing, or nowhere but the result. */
const outputs = [
  { name: 'view', environment: 'TERM=xterm', flags: '' },
  { name: 'plain lines', environment: 'TERM=dumb', flags: '' },
  { name: '--quiet', environment: 'TERM=xterm', flags: '--quiet' },
] as const;

/** Trains under a pseudo-terminal, and answers with the samples a second of the training steps. */
function train(folder: string, { environment, flags }: (typeof outputs)[number]): number {
  const out = join(folder, 'viewed');
  rmSync(out, { recursive: true, force: true });
  const command = `stty rows 40 cols 120; ${environment} ${process.execPath} ${installedCommand(folder)} train run.js --out ${out} ${flags}`;
  execFileSync('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [last = '{}'] = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n').slice(-1);
  const { samplesPerSecond }: { samplesPerSecond: number } = JSON.parse(last);
  return samplesPerSecond;
}

/** Samples a second with each kind of output, round by round. */
export interface ViewCost {
  readonly network: string;
  readonly names: readonly string[];
  readonly rounds: readonly (readonly number[])[];
}

/** Trains with and without the view, in turns. */
export async function measureViewCost(
  folder: string,
  rounds: number,
  log: (line: string) => void,
): Promise<readonly ViewCost[]> {
  const costs: ViewCost[] = [];
  for (const batchSize of batches) {
    const [hidden, epochs] = batchSize === 32 ? [64, 120] : [512, 14];
    writeFileSync(join(folder, 'run.js'), runFile(hidden, batchSize, epochs));
    const speeds: number[][] = [];
    for (let round = 0; round <= rounds; round += 1) {
      await untilQuiet();
      // Another order each round: whoever comes first finds the machine cooler.
      const order = outputs.map((_, at) => (at + round) % outputs.length);
      const measured: number[] = [];
      for (const at of order) {
        const output = outputs[at];
        if (output) measured[at] = train(folder, output);
      }
      if (round > 0) speeds.push(measured);
      log(
        `  batch ${batchSize}, round ${round}/${rounds}: ${measured.map((speed) => speed.toFixed(0)).join(' ')}`,
      );
    }
    costs.push({
      network: `784-${hidden}-${hidden}-10, batch ${batchSize}, SGD`,
      names: outputs.map(({ name }) => name),
      rounds: speeds,
    });
  }
  return costs;
}
