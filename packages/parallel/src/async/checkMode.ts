import { LockstepError } from '@lockstep/core';
import type { Mode, ModeName } from './mode.ts';

type Rules<M> = {
  readonly [K in Exclude<keyof M, 'name'>]-?: { readonly wanted: string; holds(value: unknown): boolean };
};
type AllRules = { readonly [N in ModeName]: Rules<Extract<Mode, { name: N }>> };

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const integerFrom = (least: number) => ({
  wanted: `an integer from ${least}`,
  holds: (value: unknown) => isNumber(value) && Number.isInteger(value) && value >= least,
});

/** What every option of every mode has to be. */
const rules: AllRules = {
  sync: {},
  hogwild: {},
  stale: { bound: integerFrom(0) },
  server: {
    slots: integerFrom(1),
    stalenessAware: { wanted: 'true or false', holds: (value) => typeof value === 'boolean' },
    delayCompensation: {
      wanted: 'a number from 0',
      holds: (value) => isNumber(value) && value >= 0,
    },
  },
  local: {
    replicas: integerFrom(1),
    steps: integerFrom(1),
    outerLearningRate: {
      wanted: 'a number above 0',
      holds: (value) => isNumber(value) && value > 0,
    },
    outerMomentum: {
      wanted: 'a number from 0 to below 1',
      holds: (value) => isNumber(value) && value >= 0 && value < 1,
    },
  },
};

/** All modes. */
export const modeNames: readonly ModeName[] = Object.keys(rules) as ModeName[];

/**
 * A mode by its name or with its options, checked.
 *
 * @throws LockstepError UNKNOWN_OPTION, BAD_OPTION
 */
export function checkMode(asked: Mode | ModeName = 'sync'): Mode {
  const mode: Mode = typeof asked === 'string' ? { name: asked } : asked;
  const { name, ...options } = mode;
  const known:
    | Readonly<Record<string, { readonly wanted: string; holds(value: unknown): boolean }>>
    | undefined = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (known === undefined)
    throw new LockstepError('UNKNOWN_OPTION', 'there is no mode with this name', {
      where: { field: 'mode' },
      got: `"${name}"`,
      wanted: modeNames.join(', '),
    });
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(known, option) ? known[option] : undefined;
    if (rule === undefined)
      throw new LockstepError('UNKNOWN_OPTION', `mode ${name} has no such option`, {
        where: { field: `mode.${option}` },
        got: `"${option}"`,
        wanted: Object.keys(known).join(', ') || 'none',
      });
    if (!rule.holds(value))
      throw new LockstepError('BAD_OPTION', `an option of mode ${name} cannot be this`, {
        where: { field: `mode.${option}` },
        got: String(value),
        wanted: rule.wanted,
      });
  }
  return mode;
}
