import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LockstepError } from '@lockstep/core';
import { type FactorisationSpeed, measureFactorisationSpeed } from './async/factorisationSpeed.ts';
import { measure } from './async/measure.ts';
import { problems } from './async/problems.ts';
import { reportProblem } from './async/report.ts';
import { slowFactor, slowWorkers } from './async/sides.ts';
import { reportSpeed } from './async/speedReport.ts';
import { describeMachine } from './engine/machine.ts';
import { findPython, installHint } from './engine/pytorch.ts';

const notes = `The server has one gradient of each worker under way; local SGD has a replica for each worker, and adds up what they have learnt in 8 steps, half of it by Nesterov's momentum (0.5); other options are the defaults. Times are those of training steps, as the events tell them: without compiling, starting threads and validation. Losses are taken over training rows at the end of each epoch, with all workers at rest; "final" is the last of them, "last epoch" what \`done\` calls \`loss\`: the mean over the last epoch, of every mini-batch at the weights that it found. A ratio is taken within a round, in which all ways to train take turns and share a seed. Medians, in brackets the smallest and the largest.

"One slow": of ${slowWorkers} workers one takes ${slowFactor} times as long as it would for what it computes, by waiting. The synchronous mode gives all workers equal shares, and in these runs no phase is long enough for others to take pieces of a slow worker's share.`;

/** A part of the report; undefined if its data is missing. */
async function partOf(
  problem: (typeof problems)[number],
  rounds: number,
  log: (line: string) => void,
): Promise<ReturnType<typeof reportProblem> | undefined> {
  try {
    return reportProblem(await measure(problem, rounds, log));
  } catch (error) {
    if (!(error instanceof LockstepError && error.code === 'DATA_MISSING')) throw error;
    log(`  left out: ${error.message}`);
    return undefined;
  }
}

async function speedOf(rounds: number, log: (line: string) => void): Promise<FactorisationSpeed> {
  const python = findPython();
  if (python === undefined) log(installHint);
  return await measureFactorisationSpeed(python, rounds, log);
}

/**
 * `pnpm bench async`: the modes in which workers do not keep together beside the synchronous one: final loss, and time to a loss,
 * also with a slow worker; and how fast hogwild is. Markdown goes to the standard output, progress to the standard error.
 */
export async function async(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '7' },
      part: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const log = (line: string): void => console.error(line);
  const rounds = Number(values.rounds);
  const parts = [...problems.map(({ key }) => key), 'speed'];
  if (!(rounds >= 1) || (values.part !== undefined && !parts.includes(values.part))) {
    console.error(`usage: pnpm bench async [--rounds N] [--part ${parts.join('|')}] [--out DIR]`);
    process.exitCode = 2;
    return;
  }
  const lines: string[] = [];
  const plots: { readonly file: string; readonly plot: string }[] = [];
  const isAsked = (key: string): boolean => values.part === undefined || values.part === key;
  for (const problem of problems.filter(({ key }) => isAsked(key))) {
    const part = await partOf(problem, rounds, log);
    if (part === undefined) continue;
    const file = `async-${problem.key}.svg`;
    plots.push({ file, plot: part.plot });
    lines.push('', `## ${problem.name}`, '', part.markdown, '', `![Loss over time](${file})`);
  }
  const speed = isAsked('speed') ? await speedOf(rounds, log) : undefined;
  const text = `${[
    '# Asynchronous modes',
    '',
    ...describeMachine().map((line) => `- ${line}`),
    ...(speed?.version === undefined ? [] : [`- ${speed.version}`]),
    `- command: \`${['pnpm bench async', ...args].join(' ')}\``,
    '',
    notes,
    ...lines,
    ...(speed === undefined ? [] : ['', '## Speed of hogwild', '', reportSpeed(speed)]),
  ].join('\n')}\n`;
  console.log(text);
  if (values.out === undefined) return;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'async.md'), text);
  for (const { file, plot } of plots) writeFileSync(join(values.out, file), plot);
}
