import type { Graph } from '../../graph/graph.ts';
import type { Node } from '../../graph/node.ts';
import type { InputValues, Sizes } from './executors.ts';
import { reference, runGraph } from './executors.ts';
import { randomNumbers } from './sampleCase.ts';

/** A loss with its gradients, and the inputs that they are gradients with respect to. */
export interface Differentiated {
  readonly loss: Node;
  /** By name of the input. */
  readonly gradients: Readonly<Record<string, Node>>;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((total, value, at) => total + value * (b[at] ?? 0), 0);

const graphOf = (outputs: Readonly<Record<string, Node>>): Graph => ({ name: 'slope', outputs, updates: [] });

/**
 * How far the gradients are from the slope of the loss along a random direction, both in float64: the difference divided by the
 * size of what the slope is made of. The slope is a difference quotient of order h^4, so 1e-8 is what remains.
 */
export function slopeError({ loss, gradients }: Differentiated, sizes: Sizes, values: InputValues): number {
  const names = Object.keys(gradients);
  const found = runGraph(reference, graphOf(gradients), sizes, values);
  const random = randomNumbers(5);
  const directions = Object.fromEntries(
    names.map((name) => [name, Array.from(values[name] ?? [], () => random() * 2 - 1)]),
  );
  const directionOf = (name: string): readonly number[] => directions[name] ?? [];
  const lossAt = (h: number): number => {
    const moved = names.map((name) => {
      const direction = directionOf(name);
      return [name, Array.from(values[name] ?? [], (value, at) => value + h * (direction[at] ?? 0))];
    });
    const all: InputValues = { ...values, ...Object.fromEntries(moved) };
    return runGraph(reference, graphOf({ loss }), sizes, all)['loss']?.[0] ?? Number.NaN;
  };
  const h = 1e-3;
  const slope = (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
  const total = (of: (x: number) => number): number =>
    names.reduce((sum, name) => sum + dot(directionOf(name).map(of), Array.from(found[name] ?? [], of)), 0);
  return Math.abs(total((x) => x) - slope) / (total(Math.abs) + 1e-3);
}
