import { ChangeWait } from '../changeWait.ts';
import { type Machine, running } from '../machine.ts';
import type { Words } from '../words.ts';

/** Words in a model: one process at a time makes one access. */
export class ModelWords implements Words {
  #values: number[];
  readonly #slots: Map<number, number>;
  /** The slot that the process which took the last step has fallen asleep on. */
  sleepingOn: number | undefined;
  /** Slots that the last step has notified. */
  readonly notified: Set<number> = new Set();
  /** Slots that the last step has touched. */
  readonly touched: Set<number> = new Set();

  /** @param slots - where in `values` a slot lies; grows with each slot that is met */
  constructor(values: readonly number[], slots: Map<number, number>) {
    this.#values = [...values];
    this.#slots = slots;
  }

  get values(): readonly number[] {
    return this.#values;
  }

  load(slot: number): number {
    return this.#values[this.#place(slot)] ?? 0;
  }

  store(slot: number, value: number): void {
    const place = this.#place(slot);
    while (this.#values.length < place) this.#values.push(0);
    this.#values[place] = value | 0;
  }

  add(slot: number, value: number): number {
    return this.#replace(slot, (before) => before + value);
  }

  or(slot: number, bits: number): number {
    return this.#replace(slot, (before) => before | bits);
  }

  exchange(slot: number, value: number): number {
    return this.#replace(slot, () => value);
  }

  compareExchange(slot: number, expected: number, value: number): number {
    return this.#replace(slot, (before) => (before === expected ? value : before));
  }

  wait(slot: number, expected: number): boolean {
    if (this.load(slot) === expected) this.sleepingOn = slot;
    return false;
  }

  yieldCore(): void {}

  notify(slot: number): void {
    this.notified.add(slot);
    this.touched.add(slot);
  }

  #replace(slot: number, by: (before: number) => number): number {
    const before = this.load(slot);
    this.store(slot, by(before));
    return before;
  }

  #place(slot: number): number {
    this.touched.add(slot);
    const known = this.#slots.get(slot);
    if (known !== undefined) return known;
    this.#slots.set(slot, this.#slots.size);
    return this.#slots.size - 1;
  }
}

interface Process {
  readonly machine: Machine;
  readonly asleepOn: number | undefined;
  readonly over: boolean;
  /** The fields of the machine, as text. */
  readonly fields: string;
}

/** A process that is about to take a step, or is over. */
function awake(machine: Machine, over = false): Process {
  return { machine, asleepOn: undefined, over, fields: fieldsOf(machine) };
}

interface State {
  readonly values: readonly number[];
  readonly processes: readonly Process[];
  readonly kills: number;
  readonly timeouts: number;
}

export interface Model {
  /** What runs at the same time. Their fields are numbers, booleans, machines, and lists, which never change. */
  readonly processes: Readonly<Record<string, Machine>>;
  /** Values of words that are not 0. */
  readonly initial?: ReadonlyMap<number, number>;
  /** What is wrong in a state, if anything. */
  readonly invariant?: (machines: readonly Machine[], done: boolean) => string | undefined;
  /** How many processes may be killed, at any point, and what runs in the place of one. Undefined for one that lives. */
  readonly kills?: number;
  readonly afterDeath?: (machine: Machine) => Machine | undefined;
  /** How many sleeps may end without a notification, at any point. */
  readonly timeouts?: number;
  /** Words that one process alone reads and writes: a step that touches no others commutes with all others' steps. */
  readonly own?: ReadonlySet<number>;
  /** What a process has asked for in its last step: a process to be replaced, by its position. */
  readonly replaced?: (machine: Machine) => { readonly position: number; readonly by: Machine } | undefined;
}

export interface Exploration {
  readonly states: number;
  /** States in which all processes are done. */
  readonly ends: number;
  /** What is wrong, and the steps that lead there; undefined if nothing is. */
  readonly problem?: { readonly what: string; readonly trace: readonly string[] };
}

/** A copy that shares nothing that changes. */
function clone<T extends object>(source: T): T {
  const copy: T = Object.assign(Object.create(Object.getPrototypeOf(source)), source);
  for (const name of Object.keys(source)) {
    const value: unknown = Reflect.get(source, name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      Reflect.set(copy, name, clone(value));
  }
  return copy;
}

function appendKey(codes: number[], source: object): void {
  // What a wait that is over had found has been taken.
  if (source instanceof ChangeWait && source.isOver) {
    codes.push(-1);
    return;
  }
  for (const value of Object.values(source))
    if (typeof value === 'object' && value !== null) appendKey(codes, value);
    else codes.push(Number(value));
}

function fieldsOf(machine: Machine): string {
  const codes = [machine.constructor.name.length];
  appendKey(codes, machine);
  return String.fromCharCode(...codes);
}

function keyOf({ values, processes, kills, timeouts }: State): string {
  let key = String.fromCharCode(kills, timeouts);
  for (const { fields, asleepOn, over } of processes)
    key += String.fromCharCode(asleepOn ?? -1, Number(over)) + fields;
  // Words after the last that is not 0 are as good as not there.
  let used = values.length;
  while (used > 0 && values[used - 1] === 0) used -= 1;
  return key + String.fromCharCode(...values.slice(0, used));
}

function letSleepExpire(machine: object): void {
  if (machine instanceof ChangeWait) machine.timedOut = machine.asleep;
  else
    for (const value of Object.values(machine))
      if (typeof value === 'object' && value !== null) letSleepExpire(value);
}

/** One step of one process. */
function takeStep(
  model: Model,
  state: State,
  position: number,
  before: Process,
  slots: Map<number, number>,
): { readonly state: State; readonly commutes: boolean } {
  const words = new ModelWords(state.values, slots);
  const machine = clone(before.machine);
  const over = machine.step(words) !== running;
  const replaced = model.replaced?.(machine);
  const processes = state.processes.map((other, at): Process => {
    if (at === position) return { ...awake(machine, over), asleepOn: words.sleepingOn };
    if (at === replaced?.position) return awake(replaced.by);
    return other.asleepOn !== undefined && words.notified.has(other.asleepOn)
      ? { ...other, asleepOn: undefined }
      : other;
  });
  return {
    state: { ...state, values: words.values, processes },
    commutes: replaced === undefined && [...words.touched].every((slot) => model.own?.has(slot) === true),
  };
}

function withProcess(state: State, position: number, process: Process): State {
  return { ...state, processes: state.processes.map((other, at) => (at === position ? process : other)) };
}

interface Successor {
  readonly what: string;
  readonly state: State;
}

function successors(model: Model, state: State, slots: Map<number, number>): Successor[] {
  const names = Object.keys(model.processes);
  const found: Successor[] = [];
  for (const [position, process] of state.processes.entries()) {
    const name = names[position] ?? '';
    if (process.over) continue;
    if (process.asleepOn === undefined) {
      const step = takeStep(model, state, position, process, slots);
      // To put it off would lead to the same states.
      if (step.commutes) return [{ what: name, state: step.state }];
      found.push({ what: name, state: step.state });
    } else if (state.timeouts > 0) {
      const machine = clone(process.machine);
      letSleepExpire(machine);
      const woken = withProcess(state, position, awake(machine));
      found.push({ what: `${name} oversleeps`, state: { ...woken, timeouts: state.timeouts - 1 } });
    }
    const remains = state.kills > 0 ? model.afterDeath?.(process.machine) : undefined;
    if (remains !== undefined) {
      const dead = withProcess(state, position, awake(remains));
      found.push({ what: `${name} dies`, state: { ...dead, kills: state.kills - 1 } });
    }
  }
  return found;
}

function isOver({ processes }: State): boolean {
  return processes.every(({ over }) => over);
}

function judge(model: Model, state: State): string | undefined {
  const { processes } = state;
  const done = isOver(state);
  const wrong = model.invariant?.(
    processes.map(({ machine }) => machine),
    done,
  );
  if (wrong !== undefined) return wrong;
  // Also where a timeout would still help: nothing may depend on one.
  const stuck = !done && processes.every(({ over, asleepOn }) => over || asleepOn !== undefined);
  return stuck ? 'all who are not done sleep' : undefined;
}

function initialState(model: Model, slots: Map<number, number>): State {
  const words = new ModelWords([], slots);
  for (const [slot, value] of model.initial ?? []) words.store(slot, value);
  return {
    values: words.values,
    processes: Object.values(model.processes).map((machine) => awake(machine)),
    kills: model.kills ?? 0,
    timeouts: model.timeouts ?? 0,
  };
}

/**
 * Tries every interleaving of the processes' steps, every point of death and every oversleeping that the model allows,
 * depth first; a state is visited once, whatever led to it.
 *
 * @param limit - states after which it gives up, with an error
 */
export function explore(model: Model, limit: number): Exploration {
  const slots = new Map<number, number>();
  const first = initialState(model, slots);
  const seen = new Set([keyOf(first)]);
  let ends = 0;
  // A branch of the tree: the states that still have successors to be tried, each with how it was reached.
  const branch = [{ what: 'start', left: successors(model, first, slots) }];
  for (;;) {
    const top = branch.at(-1);
    if (top === undefined) return { states: seen.size, ends };
    const next = top.left.pop();
    if (next === undefined) {
      branch.pop();
      continue;
    }
    const key = keyOf(next.state);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > limit) throw new Error(`more than ${limit} states`);
    const what = judge(model, next.state);
    if (isOver(next.state)) ends += 1;
    if (what !== undefined)
      return {
        states: seen.size,
        ends,
        problem: { what, trace: [...branch.slice(1).map((entry) => entry.what), next.what] },
      };
    branch.push({ what: next.what, left: successors(model, next.state, slots) });
  }
}

/**
 * Follows one interleaving after another, each chosen at random.
 *
 * @param random - integers from 0 to 2^32 - 1
 */
export function wander(model: Model, walks: number, random: () => number): Exploration {
  const slots = new Map<number, number>();
  let states = 0;
  let ends = 0;
  for (let walk = 0; walk < walks; walk++) {
    let state = initialState(model, slots);
    const trace: string[] = [];
    for (;;) {
      const choices = successors(model, state, slots);
      const choice = choices[random() % Math.max(1, choices.length)];
      if (choice === undefined) break;
      states += 1;
      trace.push(choice.what);
      state = choice.state;
      const what = judge(model, state);
      if (what !== undefined) return { states, ends, problem: { what, trace } };
    }
    ends += 1;
  }
  return { states, ends };
}
