import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureColdStarts } from './cli/coldStart.ts';
import { installPacked } from './cli/installPacked.ts';
import { measureViewCost, type ViewCost } from './cli/viewCost.ts';
import { describeMachine } from './engine/machine.ts';
import { median, spread, table, thousands } from './engine/statistics.ts';

/** One line for each kind of output: its speed, and how it compares with the last kind, within a round. */
function costRows({ network, names, rounds }: ViewCost): readonly (readonly string[])[] {
  const last = names.length - 1;
  return names.map((name, at) => [
    network,
    name,
    thousands(median(rounds.map((round) => round[at] ?? Number.NaN))),
    spread(
      rounds.map((round) => (round[at] ?? Number.NaN) / (round[last] ?? Number.NaN)),
      3,
    ),
  ]);
}

/** `pnpm bench cli`: how soon the command is there, and what its view costs. Of the packed build, installed. */
export async function cli(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      starts: { type: 'string', default: '21' },
      rounds: { type: 'string', default: '9' },
      out: { type: 'string' },
    },
  });
  const log = (line: string): void => console.error(line);
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-cli-'));
  try {
    log('packing and installing');
    installPacked(folder);
    const starts = await measureColdStarts(folder, Number(values.starts), log);
    const costs = await measureViewCost(folder, Number(values.rounds), log);
    const text = `${[
      '# The command line',
      '',
      ...describeMachine().map((line) => `- ${line}`),
      `- command: \`${['pnpm bench cli', ...args].join(' ')}\``,
      '',
      '## Cold starts',
      '',
      table(
        ['from the start of the process', 'ms', 'wanted'],
        starts.map(({ name, times, target }) => [
          name,
          spread(times, 0),
          target === undefined ? '' : `below ${target}`,
        ]),
      ),
      '',
      `The packed build, installed. Medians of ${values.starts} processes, in brackets the smallest and the largest; Node.js has the compiled JavaScript of an earlier process cached.`,
      '',
      '## What the view costs',
      '',
      table(['network', 'output', 'samples/s', 'to --quiet'], costs.flatMap(costRows)),
      '',
      `Two workers at most, under a pseudo-terminal of 120 x 40, in turns, ${values.rounds} rounds. Ratios are taken within a round; medians, in brackets the smallest and the largest.`,
    ].join('\n')}\n`;
    console.log(text);
    if (values.out === undefined) return;
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, 'cli.md'), text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
