// usage: main.ts [PART ...]
//
// Runs the parts of the soak one after the other, all of them or those that are named. What they printed is in soak.log, if all of
// them are asked for. Ends with code 1 if one fails or has to be killed, or if sources are changed meanwhile, with 2 if there
// is no such part.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../../bench/engine/machine.ts';
import { changedSources } from './changedSources.ts';
import { parts } from './parts.ts';
import { runPart } from './runPart.ts';

const root = join(import.meta.dirname, '../..');
const file = join(import.meta.dirname, 'soak.log');

const asked = process.argv.slice(2);
const chosen = parts.filter(({ name }) => asked.length === 0 || asked.includes(name));
if (chosen.length < asked.length) {
  process.stderr.write(`parts are: ${parts.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const summary: string[] = [];
const details: string[] = [];
for (const part of chosen) {
  const { name, shows, command, environment = {} } = part;
  const variables = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
  const { passed, seconds, output, ended } = await runPart(part, root);
  const result = passed ? 'passed' : `FAILED${ended === undefined ? '' : `, ${ended}`}`;
  const changed = changedSources();
  const verdict =
    changed.length === 0 ? result : `VOID (${result}): ${changed.length} sources were changed meanwhile`;
  summary.push(`${name}: ${verdict} in ${seconds.toFixed(0)} s. ${shows}`);
  details.push(`== ${name}`, ['$', ...variables, 'node', ...command].join(' '), output, '');
  if (!passed || changed.length > 0) process.exitCode = 1;
  // After each part: a soak that is ended has a log of what there was.
  if (chosen.length === parts.length) {
    const left = parts.slice(summary.length).map((each) => `${each.name}: not run. ${each.shows}`);
    writeFileSync(file, [...describeMachine(), '', ...summary, ...left, '', ...details].join('\n'));
  }
}
process.stdout.write(`\n${summary.join('\n')}\n`);
