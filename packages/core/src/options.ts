import { LockstepError } from './errors.ts';
import { unknownName } from './nameLookup.ts';

/** What values an option may have. */
export interface OptionRule {
  /** Said in the error: `a number above 0`. */
  readonly wanted: string;
  holds(value: unknown): boolean;
  readonly required?: boolean;
}

const finite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const number = (wanted: string, holds: (value: number) => boolean): OptionRule => ({
  wanted,
  holds: (value) => finite(value) && holds(value),
});

export const anyNumber: OptionRule = number('a finite number', () => true);
export const positive: OptionRule = number('a finite number above 0', (value) => value > 0);
export const nonNegative: OptionRule = number('a finite number, 0 or above', (value) => value >= 0);
/** Rates of forgetting and of dropout. */
export const belowOne: OptionRule = number('a number from 0 to below 1', (value) => value >= 0 && value < 1);
export const integer: OptionRule = number('an integer', (value) => Number.isSafeInteger(value));
export const positiveInteger: OptionRule = number(
  'an integer, 1 or above',
  (value) => Number.isSafeInteger(value) && value >= 1,
);
export const nonNegativeInteger: OptionRule = number(
  'an integer, 0 or above',
  (value) => Number.isSafeInteger(value) && value >= 0,
);
export const flag: OptionRule = { wanted: 'true or false', holds: (value) => typeof value === 'boolean' };
/** A function, or the name of one; the name is looked up where it is used. */
export const nameOrFunction: OptionRule = {
  wanted: 'a name or a function',
  holds: (value) => typeof value === 'string' || typeof value === 'function',
};

/** An object that is looked into elsewhere. */
export const object = (wanted: string): OptionRule => ({
  wanted,
  holds: (value) => typeof value === 'object' && value !== null,
});

/** The rule for an option that has no default. */
export function required(rule: OptionRule): OptionRule {
  return { ...rule, required: true };
}

/** The rule for an option that may be either. */
export function either(one: OptionRule, other: OptionRule): OptionRule {
  return {
    wanted: `${one.wanted}, or ${other.wanted}`,
    holds: (value) => one.holds(value) || other.holds(value),
  };
}

/** How a value is shown in an error: as it would be written, cut short. */
export function describeValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}

/**
 * Checks an options object against one rule for each option there is; an option that is `undefined` is absent.
 *
 * @param place - what the options belong to, and how errors name its fields: `adam` gives `adam.beta1`
 * @throws LockstepError UNKNOWN_OPTION for an option without a rule, BAD_OPTION for a value that its rule refuses or
 *   a required option that is not there
 */
export function checkOptions<T extends object>(
  place: string,
  options: T,
  rules: { readonly [K in keyof Required<T>]: OptionRule },
): void {
  if (typeof options !== 'object' || options === null)
    throw new LockstepError('BAD_OPTION', 'the options are not an object', {
      where: { field: place },
      got: describeValue(options),
    });
  const known = Object.entries<OptionRule>(rules);
  for (const name of Object.keys(options))
    if (!Object.hasOwn(rules, name))
      throw unknownName(
        'option',
        name,
        known.map(([option]) => option),
        { field: place },
      );
  const given = new Map<string, unknown>(Object.entries(options));
  for (const [name, rule] of known) {
    const value = given.get(name);
    if (value === undefined ? rule.required === true : !rule.holds(value))
      throw new LockstepError(
        'BAD_OPTION',
        value === undefined ? 'an option is missing' : 'an option has a value that is not allowed',
        {
          where: { field: `${place}.${name}` },
          ...(value === undefined ? {} : { got: describeValue(value) }),
          wanted: rule.wanted,
        },
      );
  }
}
