import { type CompletedCommand, everyCommand } from './commandTree.ts';
import { quote } from './quote.ts';

function branch({ path, flags, choices, commands }: CompletedCommand): string {
  const words = [...commands.map(({ name }) => name), ...choices];
  const valued = flags.filter(({ takesValue }) => takesValue);
  const free = valued.filter((flag) => flag.choices.length === 0).flatMap(({ names }) => names);
  const cases = [
    ...valued
      .filter((flag) => flag.choices.length > 0)
      .map((flag) => `${flag.names.join('|')}) words=${quote(flag.choices.join(' '))} ;;`),
    ...(free.length === 0 ? [] : [`${free.join('|')}) words='' ;;`]),
  ];
  return `    ${quote(path)})
      flags=${quote(flags.flatMap(({ names }) => names).join(' '))}
      words=${quote(words.join(' '))}
      case "$previous" in
        ${[...cases, '*) ;;'].join('\n        ')}
      esac
      ;;`;
}

/** Completion for bash 3.2 or newer. Where there is nothing to say, bash completes names of files. */
export function bashScript(root: CompletedCommand): string {
  const all = everyCommand(root);
  const below = all
    .filter((command) => command !== root)
    .map(({ path }) => quote(path))
    .join('|');
  return `# bash completion for ${root.name}
_${root.name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash takes --flag=value for three words.
  if [ "$current" = '=' ]; then current=''; elif [ "$previous" = '=' ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  local command=${quote(root.name)} flags='' words='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$command \${COMP_WORDS[at]}" in
      ${below}) command="$command \${COMP_WORDS[at]}" ;;
    esac
  done
  case "$command" in
${all.map(branch).join('\n')}
  esac
  case "$current" in -*) words="$flags" ;; esac
  COMPREPLY=()
  while IFS='' read -r at; do COMPREPLY+=("$at"); done < <(compgen -W "$words" -- "$current")
}
complete -o bashdefault -o default -F _${root.name} ${root.name}
`;
}
