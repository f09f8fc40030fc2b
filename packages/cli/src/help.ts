import type { Command } from 'commander';

/** A command line to copy, and what it does. */
export type Example = readonly [commandLine: string, does: string];

function columns(rows: readonly (readonly [string, string])[], indent = '  '): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`).join('\n');
}

/**
 * Ends the help of a command with examples. What follows `#` is a comment for the shell too, so that a line can be copied whole.
 *
 * ```
 * Examples:
 *   $ lockstep train run.ts              # all cores
 *   $ lockstep train run.ts --workers 2  # two threads
 * ```
 *
 * @param notes - lines below them
 */
export function addExamples(
  command: Command,
  examples: readonly Example[],
  notes: readonly string[] = [],
): Command {
  const lines = columns(
    examples.map(([line, does]) => [line, `# ${does}`]),
    '  $ ',
  );
  return command.addHelpText('after', ['', 'Examples:', lines, ...notes].join('\n'));
}

/** Shows the flags that are added under a heading of their own. */
export function addGroup(command: Command, heading: string, add: (command: Command) => unknown): Command {
  command.optionsGroup(heading);
  add(command);
  return command.optionsGroup('Options:');
}

/** What the exit codes mean; scripts rely on them. */
export const exitCodes: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'an error of lockstep itself; for verify other bits, for gradcheck a wrong gradient'],
  ['2', 'the command line or the run file is wrong'],
  ['3', 'data or a file is missing, wrong or cannot be written'],
  ['4', 'the training diverged'],
  ['5', 'workers were lost again and again'],
  ['130', 'interrupted by Ctrl-C (143: by SIGTERM); train saves the run first'],
  ['141', 'whoever read the output has closed it; train saves the run first'],
];

/** Every environment variable that is looked at. */
export const environmentVariables: readonly (readonly [string, string])[] = [
  ['NO_COLOR', 'if set to anything: no colours'],
  ['FORCE_COLOR', 'if set to anything: colours in pipes and files too'],
  ['TERM', 'dumb: plain lines on a terminal too'],
  ['LOCKSTEP_DATA', 'folder with data sets, each in a folder of its name; --data-dir goes before it'],
  ['LOCKSTEP_WIDE', '0: do not widen WebAssembly vectors to 256 bits; same bits, slower'],
  ['LOCKSTEP_MACHINE_CODE', '0: no AVX-512 machine code for products; same bits, slower'],
  ['NODE_COMPILE_CACHE', 'folder in which Node.js keeps compiled JavaScript'],
];

/** What `lockstep --help` ends with. */
export const closingHelp: string = [
  '',
  'A first run:',
  columns(
    [
      ['lockstep train run.ts', '# a module that exports defineRun({...})'],
      ['lockstep evaluate runs/<name>-<time>', '# what it has learnt'],
      ['lockstep train --help', '# flags and examples of a command'],
    ],
    '  $ ',
  ),
  '',
  'Exit codes:',
  columns(exitCodes),
  '',
  'Environment variables:',
  columns(environmentVariables),
].join('\n');
