import { LockstepError } from '@lockstep/core';
import type { Mode, ModeName, WholeMode } from './mode.ts';

interface Rule<T> {
  /** What the option is unless it is given. */
  readonly otherwise: T;
  readonly wanted: string;
  holds(value: unknown): boolean;
}

/** All options of a mode. */
export type ModeOptions<N extends ModeName> = Omit<WholeMode<N>, 'name'>;
type AllRules = {
  readonly [N in ModeName]: { readonly [K in keyof ModeOptions<N>]: Rule<ModeOptions<N>[K]> };
};

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const integer = (otherwise: number, from: number, to = Number.POSITIVE_INFINITY): Rule<number> => ({
  otherwise,
  wanted: Number.isFinite(to) ? `an integer from ${from} to ${to}` : `an integer from ${from}`,
  holds: (value) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
});
/** One that a kernel works with: the rule holds for what a float32 makes of it too. */
const float32 = (otherwise: number, wanted: string, holds: (value: number) => boolean): Rule<number> => ({
  otherwise,
  wanted: `${wanted}, as a float32 too`,
  holds: (value) =>
    isNumber(value) && holds(value) && isNumber(Math.fround(value)) && holds(Math.fround(value)),
});

/** What every option of every mode has to be. */
const rules: AllRules = {
  sync: {},
  hogwild: {},
  stale: { bound: integer(4, 0) },
  server: {
    // With two each, all under way, eight workers were up to sixteen updates late: MNIST at a learning rate of 0.1 ended at twice
    // the loss.
    slots: integer(1, 1, 1024),
    stalenessAware: {
      otherwise: false,
      wanted: 'true or false',
      holds: (value) => typeof value === 'boolean',
    },
    delayCompensation: float32(0, 'a number from 0', (value) => value >= 0),
  },
  local: {
    // More would leave nothing of a mini-batch's worth of data for each.
    replicas: integer(4, 1, 1024),
    steps: integer(8, 1, 2 ** 20),
    outerLearningRate: float32(1, 'a number above 0', (value) => value > 0),
    outerMomentum: float32(0, 'a number from 0 to below 1', (value) => value >= 0 && value < 1),
  },
};

/** All modes. */
export const modeNames: readonly ModeName[] = Object.keys(rules) as ModeName[];

/**
 * All options of a mode: those that are given, checked, and the defaults of others.
 *
 * @throws LockstepError UNKNOWN_OPTION, BAD_OPTION
 */
export function modeOptions<N extends ModeName>(name: N, given: object): ModeOptions<N> {
  const known: Readonly<Record<string, Rule<unknown>>> | undefined = Object.hasOwn(rules, name)
    ? rules[name]
    : undefined;
  if (known === undefined)
    throw new LockstepError('UNKNOWN_OPTION', 'there is no mode with this name', {
      where: { field: 'mode' },
      got: `"${name}"`,
      wanted: modeNames.join(', '),
    });
  const asked = new Map<string, unknown>(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const [option, value] of asked) {
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
  const whole = Object.entries(known).map(([option, { otherwise }]) => [
    option,
    asked.has(option) ? asked.get(option) : otherwise,
  ]);
  return Object.fromEntries(whole);
}

/**
 * A mode by its name or with some of its options: checked, and with all of them, always in the same order.
 *
 * @throws LockstepError UNKNOWN_OPTION; BAD_OPTION, for what is neither a name nor an object too
 */
export function checkMode(asked: Mode | ModeName = 'sync'): WholeMode {
  if (typeof asked !== 'string' && (typeof asked !== 'object' || asked === null))
    throw new LockstepError('BAD_OPTION', 'this is no mode', {
      where: { field: 'mode' },
      got: String(asked),
      wanted: `one of ${modeNames.join(', ')}, or an object with one of them as its name`,
    });
  const { name, ...options }: Mode = typeof asked === 'string' ? { name: asked } : asked;
  return { name, ...modeOptions(name, options) } as WholeMode;
}
