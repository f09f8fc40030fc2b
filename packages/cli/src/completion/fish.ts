import { type CompletedCommand, type CompletedFlag, everyCommand } from './commandTree.ts';

/** A word as fish reads it literally. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function flagLine(start: string, { names, description, takesValue, choices }: CompletedFlag): string {
  const spelt = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : takesValue ? ' -r' : '';
  return `${start} ${spelt.join(' ')} -d ${quote(description)}${value}`;
}

function lines(
  root: CompletedCommand,
  { path, flags, choices, commands }: CompletedCommand,
): readonly string[] {
  const start = `complete -c ${root.name} -n ${quote(`__${root.name}_at ${quote(path)}`)}`;
  return [
    ...commands.map(({ name, description }) => `${start} -f -a ${quote(name)} -d ${quote(description)}`),
    ...(choices.length === 0 ? [] : [`${start} -f -a ${quote(choices.join(' '))}`]),
    ...flags.map((flag) => flagLine(start, flag)),
  ];
}

/** Completion for fish 3 or newer. */
export function fishScript(root: CompletedCommand): string {
  const all = everyCommand(root);
  const below = all.filter((command) => command !== root).map(({ path }) => quote(path));
  return `# fish completion for ${root.name}
function __${root.name}_at
  set -l command ${quote(root.name)}
  for word in (commandline -opc)[2..]
    if contains -- "$command $word" ${below.join(' ')}
      set command "$command $word"
    end
  end
  test "$command" = "$argv[1]"
end
${all.flatMap((command) => lines(root, command)).join('\n')}
`;
}
