import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setWasmFlags, useMachineCode } from '@lockstep/core/node';
import { describeMachine } from './engine/machine.ts';
import { networks } from './engine/networks.ts';
import { findPython, installHint } from './engine/pytorch.ts';
import { disturbance } from './engine/rounds.ts';
import { median, spread, table, thousands } from './engine/statistics.ts';
import { bestPeer, type Comparison, compare, ratiosTo, speeds } from './peers/compare.ts';
import { whereTimeGoes } from './peers/whereTimeGoes.ts';

/** The least ratio to reach, by the name of the network. */
const targets: Readonly<Record<string, number>> = {
  '784-64-64-10, batch 32, SGD': 2.5,
  '784-512-512-10, batch 128, Adam': 2.5,
  '784-512-512-10, batch 1024, Adam': 1.5,
};

function isReached(comparison: Comparison): boolean {
  return median(ratiosTo(comparison, bestPeer(comparison))) >= (targets[comparison.network.name] ?? 0);
}

function summaryRow(comparison: Comparison): string[] {
  const { name } = comparison.network;
  const best = bestPeer(comparison);
  return [
    name,
    thousands(median(speeds(comparison, 0))),
    `${thousands(median(speeds(comparison, best)))} (${comparison.names[best] ?? ''})`,
    spread(ratiosTo(comparison, best), 2),
    `at least ${targets[name] ?? 0}`,
    isReached(comparison) ? 'reached' : 'MISSED',
  ];
}

function allSides(comparison: Comparison): string {
  const { names, measured } = comparison;
  const rows = names.map((name, side) => [
    name,
    thousands(median(speeds(comparison, side))),
    spread(ratiosTo(comparison, side), 2),
    median(measured.rounds.map((round) => round[side]?.loss ?? Number.NaN)).toFixed(3),
    median(
      measured.rounds.map((round) => (round[side]?.cpuSeconds ?? 0) / (round[side]?.seconds ?? 1)),
    ).toFixed(2),
  ]);
  return `${table(['', 'samples/s', 'lockstep is faster by', 'loss', 'cores busy'], rows)}\n\n${disturbance(measured)}.`;
}

/**
 * `pnpm bench peers`: training with a worker for each core beside PyTorch in one thread, in two, and in two processes that
 * share the mini-batch. Markdown goes to the standard output, progress to the standard error.
 */
export async function peers(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      network: { type: 'string', default: '' },
      out: { type: 'string' },
    },
  });
  const python = findPython();
  if (python === undefined) {
    console.error(installHint);
    process.exitCode = 2;
    return;
  }
  setWasmFlags();
  useMachineCode();
  const log = (line: string): void => console.error(line);
  const comparisons: Comparison[] = [];
  for (const network of networks.filter(({ name }) => name.includes(values.network)))
    comparisons.push(await compare(network, python, Number(values.rounds), log));
  const head = ['network', 'lockstep, samples/s', 'fastest of PyTorch', 'ratio', 'target', ''];
  const lines = [
    '# Peers',
    '',
    ...describeMachine().map((line) => `- ${line}`),
    `- ${comparisons[0]?.versions ?? ''}`,
    `- command: \`${['pnpm bench peers', ...args].join(' ')}\``,
    '',
    table(head, comparisons.map(summaryRow)),
    '',
    'Numerics strict. Medians, in brackets the smallest and the largest; ratios within a round, in which all sides take turns. PyTorch is tried in one thread, in two threads, and as two processes with DistributedDataParallel over gloo, each with both kernel sets of OpenBLAS.',
  ];
  for (const comparison of comparisons) {
    lines.push('', `## ${comparison.network.name}`, '', allSides(comparison));
    if (!isReached(comparison))
      lines.push('', '### Where the time goes', '', await whereTimeGoes(comparison.network, log));
  }
  const text = `${lines.join('\n')}\n`;
  console.log(text);
  if (values.out === undefined) return;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'peers.md'), text);
}
