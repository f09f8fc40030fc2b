import { input } from '../../graph/leaves.ts';
import type { Node, Op, Sample, SampleInput } from '../../graph/node.ts';
import { apply } from '../../graph/node.ts';
import { sizeOf } from '../../tensor/tensorType.ts';

/** Numbers in [0, 1) that look random: the 32-bit mulberry generator (Tommy Ettinger, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values of a sample's input: those it names, else drawn from its range; floats are float32 numbers. */
export function drawValues(type: SampleInput, random: () => number): readonly number[] {
  if (type.values) return type.values.map(type.dtype === 'float32' ? Math.fround : Number);
  const [low, high] = type.range ?? (type.dtype === 'float32' ? [-2, 2] : [0, 9]);
  return Array.from({ length: sizeOf(type.shape) }, () => {
    if (type.dtype === 'bool') return random() < 0.5 ? 0 : -1;
    const value = low + (high - low) * random();
    return type.dtype === 'float32' ? Math.fround(value) : Math.round(value);
  });
}

/** An op applied to inputs that hold a sample's values. */
export interface SampleCase {
  readonly node: Node;
  readonly inputs: readonly { readonly node: Node; readonly name: string; readonly constant: boolean }[];
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Rows that the mini-batch can have: every batch axis is a multiple of it; 0 if there is no batch axis. */
  readonly batchSize: number;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The number of rows that fits the batch axes of all nodes; 0 if none has one. */
export function batchSizeOf(nodes: readonly Node[]): number {
  return nodes
    .flatMap(({ batchAxis, shape }) => (batchAxis === undefined ? [] : [shape[batchAxis] ?? 1]))
    .reduce(gcd, 0);
}

export function sampleCase(op: Op, sample: Sample, seed: number): SampleCase {
  const random = randomNumbers(seed);
  const inputs = sample.inputs.map((type, at) => {
    const { shape, dtype, batchAxis } = type;
    const name = `x${at}`;
    const node = input(name, { shape, dtype, ...(batchAxis === undefined ? {} : { batchAxis }) });
    return {
      node,
      name,
      constant: type.constant === true || dtype !== 'float32',
      values: drawValues(type, random),
    };
  });
  const node = apply(
    op,
    inputs.map((each) => each.node),
    sample.attributes,
  );
  return {
    node,
    inputs,
    values: Object.fromEntries(inputs.map(({ name, values }) => [name, values])),
    batchSize: batchSizeOf([node, ...inputs.map((each) => each.node)]),
  };
}
