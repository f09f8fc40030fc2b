import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff/grad.ts';
import { constant, input, variable } from '../graph/leaves.ts';
import { matmul, mul, square, sub, sum } from '../ops/index.ts';
import { compile } from './compile.ts';
import { type AxisSplit, ownPieces, type Program, unitsFor } from './program.ts';

/** One step of linear regression with so many inputs and outputs. */
function trainingProgram(width: number, workers: number): Program {
  const x = input('x', { shape: [64, width], batchAxis: 0 });
  const weight = variable('weight', constant(new Float32Array(width * width), { shape: [width, width] }));
  const loss = mul(sum(square(matmul(x, weight))), 1 / 64);
  const [gradient = loss] = grad(loss, [weight]);
  const updates = [{ variable: weight, value: sub(weight, mul(gradient, 0.01)) }];
  const source = { graph: { name: 'train', outputs: { loss }, updates }, batchSize: 64, lanes: 1, steps: 1 };
  const [program] = compile([source], { workers }).programs;
  if (program === undefined) throw new Error('nothing was compiled');
  return program;
}

const piecesOf = ({ phases }: Program): readonly number[] => phases.map(({ pieces = 1 }) => pieces);

describe('shares are cut into pieces', () => {
  it('where they are long', () => {
    expect(Math.max(...piecesOf(trainingProgram(512, 2)))).toBeGreaterThan(1);
  });

  it('not where they are short, and not for one worker', () => {
    for (const program of [trainingProgram(16, 2), trainingProgram(512, 1)])
      expect(new Set(piecesOf(program))).toEqual(new Set([1]));
  });
});

describe('pieces of a share', () => {
  it.each([1, 2, 3, 8])('of %i workers make each unit of the share once, in order', (workers) => {
    for (const units of [1, 4, 7, 162])
      for (const shift of [0, 1, 5])
        for (const count of [1, 2, 4]) {
          const split: AxisSplit = { kind: 'axis', axis: 0, unit: 8, units, shift };
          for (let worker = 0; worker < workers; worker += 1) {
            const share = unitsFor(split, worker, workers);
            const own = ownPieces(count);
            const parts = [{ from: 0, end: own, of: count }];
            for (let from = own; from < count; from += 1) parts.push({ from, end: from + 1, of: count });
            let at = share.from;
            for (const part of parts) {
              const piece = unitsFor(split, worker, workers, part);
              expect(piece.from).toBe(at);
              at = piece.end;
            }
            expect(at).toBe(share.end);
          }
        }
  });

  it('with an owner belong to the first', () => {
    const split: AxisSplit = { kind: 'axis', axis: 0, unit: 8, units: 5, owner: { part: 1, parts: 2 } };
    expect(unitsFor(split, 1, 2, { from: 0, end: 1, of: 2 })).toEqual({ from: 0, end: 5 });
    expect(unitsFor(split, 1, 2, { from: 1, end: 2, of: 2 }).end).toBe(0);
    expect(unitsFor(split, 0, 2, { from: 0, end: 1, of: 2 }).end).toBe(0);
  });
});
