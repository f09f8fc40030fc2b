import { nearestName } from '@lockstep/core';
import { type Argument, type Command, InvalidArgumentError, type Option } from 'commander';

/** Has a flag or an argument that takes one of a few values say which of them is nearest to a wrong one. */
function suggest(target: Option | Argument): void {
  const { argChoices } = target;
  if (argChoices === undefined) return;
  const parse = target.parseArg;
  target.argParser((value: string, previous: unknown) => {
    if (argChoices.includes(value)) return parse === undefined ? value : parse(value, previous);
    const nearest = nearestName(value, argChoices);
    throw new InvalidArgumentError(
      `Allowed choices are ${argChoices.join(', ')}.${nearest === undefined ? '' : `\n(Did you mean ${nearest}?)`}`,
    );
  });
}

/** Has every flag and argument of a command that takes one of a few values say which of them is nearest to a wrong one. */
export function suggestChoices(command: Command): void {
  for (const option of command.options) suggest(option);
  for (const argument of command.registeredArguments) suggest(argument);
}
