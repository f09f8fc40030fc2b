import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setWasmFlags } from '@lockstep/core/node';
import { describeMachine } from './engine/machine.ts';
import { findPython, installHint } from './engine/pytorch.ts';
import { disturbance, interleave } from './engine/rounds.ts';
import { median, spread, table, thousands } from './engine/statistics.ts';
import { type Side, sizes, startLockstep, startPyTorch } from './models/matrixFactorisation.ts';

/** Seconds that a round of each side takes about, but at least an epoch. */
const roundSeconds = 0.4;

/** As many passes over the data as fill a round; the first pass of a process is slower and does not count. */
async function epochsOf({ run }: Side): Promise<number> {
  await run(1);
  const { seconds } = await run(1);
  return Math.max(1, Math.round(roundSeconds / seconds));
}

/**
 * `pnpm bench models`: matrix factorisation with sparse gradients beside PyTorch's. Markdown goes to the standard output,
 * progress to the standard error.
 */
export async function models(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '7' }, out: { type: 'string' } },
  });
  const python = findPython();
  if (python === undefined) {
    console.error(installHint);
    process.exitCode = 2;
    return;
  }
  setWasmFlags({ revectorize: process.env['LOCKSTEP_WIDE'] !== '0' });
  const ours = [await startLockstep(), await startLockstep(2)];
  const theirs = [await startPyTorch(python, 1), await startPyTorch(python, 2)];
  const all = [...ours, ...theirs.map(({ side }) => side)];
  const sides: { name: string; round: () => ReturnType<Side['run']> }[] = [];
  for (const side of all) {
    const epochs = await epochsOf(side);
    sides.push({ name: side.name, round: () => side.run(epochs) });
  }
  const measured = await interleave(sides, Number(values.rounds), (line) => console.error(line));
  for (const side of all) await side.stop();

  const speeds = all.map((_, at) =>
    measured.rounds.map((round) => (round[at]?.samples ?? 0) / (round[at]?.seconds ?? 0)),
  );
  const best = (from: number, to: number): readonly number[] =>
    speeds.slice(from, to).toSorted((a, b) => median(b) - median(a))[0] ?? [];
  const peer = best(ours.length, all.length);
  const rows = all.map(({ name }, at) => {
    const own = speeds[at] ?? [];
    const loss = median(measured.rounds.map((round) => round[at]?.loss ?? Number.NaN));
    const ratios = own.map((speed, round) => speed / (peer[round] ?? Number.NaN));
    return [name, thousands(median(own)), spread(ratios, 2), loss.toFixed(3)];
  });
  const { users, items, rank, batch, ratings } = sizes;
  const text = `${[
    '# Models',
    '',
    ...describeMachine().map((line) => `- ${line}`),
    `- ${theirs[0]?.version ?? ''}`,
    `- command: \`${['pnpm bench models', ...args].join(' ')}\``,
    '',
    `## Matrix factorisation, ${users} x ${items}, rank ${rank}, batch ${batch}, sparse SGD`,
    '',
    table(['', 'ratings/s', 'to the faster PyTorch', 'loss'], rows),
    '',
    `${thousands(ratings)} ratings, shuffled in each epoch; medians, in brackets the smallest and the largest; ratios within a round. ${disturbance(measured)}.`,
  ].join('\n')}\n`;
  console.log(text);
  if (values.out === undefined) return;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'models.md'), text);
}
