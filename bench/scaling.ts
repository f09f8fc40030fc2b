import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setWasmFlags, useMachineCode } from '@lockstep/core/node';
import { describeMachine } from './engine/machine.ts';
import { microsecondsPerBarrier } from './scaling/barrierLoop.ts';
import { measureCase } from './scaling/measureCase.ts';
import { scalingCases } from './scaling/networks.ts';
import { modelNotes, reportCase } from './scaling/report.ts';
import { nanosecondsPerSpan } from './scaling/timelineCost.ts';

/**
 * `pnpm bench scaling`: how training gets faster with worker threads, what it costs to keep them together, and what a model of
 * a step expects of more cores. Markdown goes to the standard output, progress to the standard error.
 */
export async function scaling(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      network: { type: 'string', default: '' },
      out: { type: 'string' },
    },
  });
  setWasmFlags();
  useMachineCode();
  const lines = [
    '# Scaling',
    '',
    ...describeMachine().map((line) => `- ${line}`),
    `- command: \`${['pnpm bench scaling', ...args].join(' ')}\``,
  ];
  const plots: string[] = [];
  const costs = { spanCost: nanosecondsPerSpan(), arrival: (await microsecondsPerBarrier()) / 2 };
  const chosen = scalingCases.filter(({ network }) => network.name.includes(values.network));
  for (const [at, scalingCase] of chosen.entries()) {
    const measured = await measureCase(scalingCase, Number(values.rounds), (line) => console.error(line));
    const { markdown, plot } = reportCase(measured, costs);
    const file = `scaling-${at + 1}.svg`;
    plots.push(plot);
    lines.push(
      '',
      `## ${scalingCase.network.name}`,
      '',
      markdown,
      '',
      `![Throughput and shares of time](${file})`,
    );
  }
  lines.push('', '## The model', '', modelNotes);
  const text = `${lines.join('\n')}\n`;
  console.log(text);
  if (values.out === undefined) return;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'scaling.md'), text);
  for (const [at, plot] of plots.entries()) writeFileSync(join(values.out, `scaling-${at + 1}.svg`), plot);
}
