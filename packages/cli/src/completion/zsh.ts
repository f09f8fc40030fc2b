import { type CompletedCommand, everyCommand } from './commandTree.ts';
import { quote } from './quote.ts';

/** A word and what it means, as `_describe` reads them. */
function described(word: string, description: string): string {
  return quote(`${word.replaceAll(':', '\\:')}:${description}`);
}

function branch({ path, flags, choices, commands }: CompletedCommand): string {
  const words = [
    ...commands.map(({ name, description }) => described(name, description)),
    ...choices.map((choice) => quote(choice)),
  ];
  const cases = flags
    .filter(({ takesValue }) => takesValue)
    .map((flag) => `${flag.names.join('|')}) words=(${flag.choices.map(quote).join(' ')}) ;;`);
  const flagWords = flags.flatMap(({ names, description }) =>
    names.map((name) => described(name, description)),
  );
  return `    ${quote(path)})
      flags=(
        ${flagWords.join('\n        ')}
      )
      words=(${words.join(' ')})
      case "$previous" in
        ${[...cases, '*) ;;'].join('\n        ')}
      esac
      ;;`;
}

/** Completion for zsh: to be sourced, or autoloaded as `_lockstep` from a folder of `$fpath`. */
export function zshScript(root: CompletedCommand): string {
  const all = everyCommand(root);
  const below = all
    .filter((command) => command !== root)
    .map(({ path }) => quote(path))
    .join('|');
  return `#compdef ${root.name}
_${root.name}() {
  local -a line=("\${words[@]}") words flags
  local command=${quote(root.name)} previous="\${line[CURRENT-1]}" word
  for word in "\${(@)line[2,CURRENT-1]}"; do
    case "$command $word" in
      ${below}) command="$command $word" ;;
    esac
  done
  case "$command" in
${all.map(branch).join('\n')}
  esac
  if [[ "$PREFIX" == -* ]]; then
    _describe -o flag flags
  elif (( \${#words} )); then
    _describe value words
  else
    _files
  fi
}
if [ "$funcstack[1]" = _${root.name} ]; then
  _${root.name} "$@"
else
  compdef _${root.name} ${root.name}
fi
`;
}
