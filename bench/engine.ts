import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setWasmFlags, useMachineCode } from '@lockstep/core/node';
import { describeMachine } from './engine/machine.ts';
import { networks } from './engine/networks.ts';
import { type Section, sections } from './engine/sections.ts';

/**
 * `pnpm bench engine`: how fast one thread trains dense networks. Markdown goes to the standard output, progress to the
 * standard error.
 */
export async function engine(args: readonly string[]): Promise<void> {
  const flags = Object.fromEntries(sections.map(({ flag }) => [flag, { type: 'boolean' }] as const));
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...flags,
      all: { type: 'boolean' },
      rounds: { type: 'string', default: '7' },
      network: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const named: Readonly<Record<string, string | boolean | undefined>> = values;
  const asked = sections.filter(({ flag }) => values.all === true || named[flag] === true);
  const chosen: readonly Section[] = asked.length > 0 ? asked : sections.slice(0, 1);
  setWasmFlags();
  useMachineCode();
  const machine = describeMachine();
  const command = ['pnpm bench engine', ...args].join(' ');
  console.log(
    ['# Engine', '', ...machine.map((line) => `- ${line}`), `- command: \`${command}\``].join('\n'),
  );
  const results: Record<string, unknown> = {};
  for (const { flag, title, measure } of chosen) {
    const { data, markdown } = await measure({
      rounds: Number(values.rounds),
      networks: networks.filter(({ name }) => name.includes(values.network ?? '')),
      log: (line) => console.error(line),
    });
    results[flag] = data;
    console.log(`\n## ${title}\n\n${markdown}`);
  }
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine, command, results }, null, 2)}\n`);
}
