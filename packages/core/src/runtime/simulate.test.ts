import { describe, expect, it } from 'vitest';
import { compile } from '../compile/compile.ts';
import type { Kernel, Program, Split } from '../compile/program.ts';
import { add, axis, f32, mul } from '../nest/scalar.ts';
import { createSimulation } from './simulate.ts';
import { loadAt, map, opposite, phaseOf, programOf, size, vector } from './testing/handProgram.ts';
import { executorCases } from './testing/index.ts';

const x = vector(0, 'x', { kind: 'input', name: 'x' }, 'data', 0);
const t = vector(1, 't', { kind: 'temporary' }, 'activations', 0);
const u = vector(2, 'u', { kind: 'temporary' }, 'activations', 64);
const y = vector(3, 'y', { kind: 'result', name: 'y' }, 'results', 0);
const tensors = [x, t, u, y];

const single: Split = { kind: 'single' };
const replicated: Split = { kind: 'replicated' };
const double = map('double', t.id, mul(loadAt(x.id, axis(0)), f32(2)));
const reverse = map('reverse', y.id, loadAt(t.id, opposite));

function simulate(program: Program, workers: number, seed: number): number[] {
  const executor = createSimulation([program], { workers, seed });
  executor.writeInput('x', [1, 2, 3, 4, 5, 6, 7, 8]);
  executor.run('hand', 0);
  return Array.from(executor.readResult('hand', 'y', 0));
}

const seeds = Array.from({ length: 10 }, (_, seed) => seed);
const sharedOut = [2, 3, 4, 5];

/** What a simulation throws, whatever the order the workers run in. */
function errorsOf(program: Program, workers: number): string[] {
  return seeds.map((seed) => {
    try {
      simulate(program, workers, seed);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return 'no error';
  });
}

describe.each([1, 2, 3, 8])('a simulation of %i workers', (workers) => {
  it.each(executorCases)('$name', ({ programs, observe }) => {
    const executor = createSimulation(compile(programs, { workers }).programs, { workers, seed: workers });
    for (const { what, got, wanted } of observe(executor)) expect(got, what).toEqual(wanted);
  });
});

describe('a simulation', () => {
  it.each([1, ...sharedOut, 8, 11])('computes the same with %i workers in any order', (workers) => {
    const program = programOf(tensors, phaseOf(double), phaseOf(reverse));
    for (const seed of seeds) expect(simulate(program, workers, seed)).toEqual([16, 14, 12, 10, 8, 6, 4, 2]);
  });

  it.each(sharedOut)(
    'proves with %i workers that a barrier between a write and a read is missing',
    (workers) => {
      const program = programOf(tensors, phaseOf(double, reverse));
      expect(simulate(program, 1, 0)).toEqual([16, 14, 12, 10, 8, 6, 4, 2]);
      // Read before it was written in this step, or after another worker wrote it, or written after another worker read it.
      for (const error of errorsOf(program, workers))
        expect(error).toMatch(
          /element \d of t.*(nothing was written|no barrier)|no barrier.*element \d of t/,
        );
    },
  );

  it('names kernels, element and workers of a race', () => {
    const write = map('write', t.id, f32(1), single);
    const overwrite = map('overwrite', t.id, f32(2));
    const messages = errorsOf(programOf(tensors, phaseOf(write, overwrite)), 4);
    for (const message of messages)
      expect(message).toMatch(
        /^no barrier orders two accesses to element \d of t: written by worker \d in (over)?write, and written by worker \d in (over)?write$/,
      );
  });

  it('proves that a barrier between a read and an overwrite is missing', () => {
    const read = map('read', y.id, loadAt(t.id, opposite));
    const overwrite = map('overwrite', t.id, f32(0));
    const legal = programOf(tensors, phaseOf(double), phaseOf(read), phaseOf(overwrite));
    const racy = programOf(tensors, phaseOf(double), phaseOf(read, overwrite));
    expect(simulate(legal, 2, 0)).toEqual([16, 14, 12, 10, 8, 6, 4, 2]);
    for (const message of errorsOf(racy, 2)) expect(message).toContain('no barrier orders two accesses');
  });

  it('lets a worker use what it wrote itself without a barrier', () => {
    const same = map('same', y.id, add(loadAt(t.id, axis(0)), f32(1)));
    const chained = { groups: [{ kernels: [double, same], chunk: 2 }] };
    for (const seed of seeds)
      expect(simulate(programOf(tensors, chained), 3, seed)).toEqual([3, 5, 7, 9, 11, 13, 15, 17]);
  });

  it('computes the last, short unit, and units beyond the axis not at all', () => {
    const units = { kind: 'axis', axis: 0, unit: 3, units: 4 } as const;
    const doubled = map('doubled', t.id, mul(loadAt(x.id, axis(0)), f32(2)), units);
    for (const workers of [1, ...sharedOut])
      expect(simulate(programOf(tensors, phaseOf(doubled), phaseOf(reverse)), workers, 3)).toEqual([
        16, 14, 12, 10, 8, 6, 4, 2,
      ]);
  });

  it('gives every worker its own scratch', () => {
    const scratch = vector(4, 'scratch', { kind: 'temporary' }, 'scratch', 32);
    const everywhere = map('everywhere', scratch.id, mul(loadAt(x.id, axis(0)), f32(3)), replicated);
    const use = map('use', y.id, loadAt(scratch.id, opposite));
    const program = programOf([...tensors, scratch], phaseOf(everywhere, use));
    for (const workers of sharedOut)
      expect(simulate(program, workers, workers)).toEqual([24, 21, 18, 15, 12, 9, 6, 3]);
  });

  it('refuses to read what this step did not write', () => {
    const stale = programOf(
      tensors,
      phaseOf(map('stale', y.id, loadAt(u.id, axis(0)))),
      phaseOf(map('late', u.id, f32(1))),
    );
    const executor = createSimulation([stale], { workers: 1, seed: 0 });
    const twice = (): void => {
      executor.run('hand', 0);
      executor.run('hand', 0);
    };
    expect(twice).toThrow('element 0 of u is read but nothing was written there (in op stale)');
  });

  it('finds tensors placed over each other while both are needed', () => {
    const over = { ...u, place: { segment: 'activations', offset: 16, stepStride: 0 } } as const;
    const other = map('other', u.id, f32(1));
    const program = programOf([x, t, over, y], phaseOf(double), phaseOf(other), phaseOf(reverse));
    expect(() => simulate(program, 2, 0)).toThrow(
      /element \d of t is read but u \(tensor 2 of hand\) lies there/,
    );
  });

  it('refuses a guard that is not the same for all workers', () => {
    const flag = vector(4, 'flag', { kind: 'temporary' }, 'scratch', 0);
    const scalar = { ...flag, shape: [], layout: { axes: [], elements: 1 } };
    // Each worker keeps the last element of its share: of two workers only one sees the NaN.
    const own: Kernel = {
      nest: {
        name: 'own',
        axes: [{ size, batch: false }],
        stores: [{ tensor: flag.id, index: [], value: loadAt(x.id, axis(0)) }],
      },
      split: { kind: 'axis', axis: 0, unit: 4, units: 2 },
    };
    const phase = { ...phaseOf(own), guard: { tensor: flag.id, guardAfter: 1 } };
    const executor = createSimulation([programOf([...tensors, scalar], phase)], { workers: 2, seed: 1 });
    executor.writeInput('x', [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(executor.run('hand', 0)).toBe('done');
    executor.writeInput('x', [1, 2, 3, 4, 5, 6, 7, Number.NaN]);
    expect(() => executor.run('hand', 0)).toThrow('workers 1 of 2 left the step');
    executor.writeInput('x', [1, 2, 3, Infinity, 5, 6, 7, Number.NaN]);
    expect(executor.run('hand', 0)).toBe('diverged');
  });

  it('refuses a group whose kernels are not split alike, and tensors without a place', () => {
    const mixed = { groups: [{ kernels: [double, map('alone', u.id, f32(1), single)], chunk: 1 }] };
    expect(() => simulate(programOf(tensors, mixed), 2, 0)).toThrow('not split alike');
    const { place, ...nowhere } = t;
    expect(() => simulate(programOf([x, nowhere, u, y], phaseOf(double)), 2, 0)).toThrow('has no place');
  });

  it('refuses programs that disagree where a shared tensor lies', () => {
    const moved = { ...x, place: { segment: 'data', offset: 64, stepStride: 0 } } as const;
    const other = { ...programOf([moved, t, u, y], phaseOf(double)), name: 'other' };
    expect(() =>
      createSimulation([programOf(tensors, phaseOf(double)), other], { workers: 1, seed: 0 }),
    ).toThrow('programs disagree where input x lies');
  });
});
