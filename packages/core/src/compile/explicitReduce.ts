import { parallelAxes } from '../nest/analysis.ts';
import { load } from '../nest/lowering.ts';
import type { Nest } from '../nest/nest.ts';
import { add, reduced, rewrite, type Scalar } from '../nest/scalar.ts';
import { laneTree } from './lanes.ts';
import type { Owner, Program, ProgramTensor } from './program.ts';

/**
 * How sums over the mini-batch that are split into lanes are made. `fused`: the owner of an element sums all lanes of it in
 * one pass. `tree`: each lane's sums go to buffers of their own, each computed whole by the worker that owns the lane;
 * then every worker combines its slice of the elements, all lanes, in the lane tree (an all-reduce as reduce-scatter;
 * the shared memory makes the all-gather free). `naive`: the same buffers, combined by one worker alone. All three
 * give the same bits.
 */
export type ReduceMode = 'fused' | 'tree' | 'naive';

/** A program with some of its nests bound to one worker. */
export interface OwnedProgram {
  readonly program: Program;
  readonly owners: ReadonlyMap<Nest, Owner>;
}

/**
 * Rewrites sums over the mini-batch whose result is a tensor (gradients, mostly) into one nest a lane and one that combines
 * them. Scalars (the batch loss) stay fused: every worker makes them for itself.
 */
export function explicitReduce(program: Program, mode: ReduceMode): OwnedProgram {
  const owners = new Map<Nest, Owner>();
  if (mode === 'fused' || program.lanes < 2) return { program, owners };
  const tensors = [...program.tensors];
  const groups = program.phases
    .flatMap((phase) => phase.groups)
    .flatMap((group) => {
      const [kernel] = group.kernels;
      const nests = kernel === undefined ? undefined : splitLanes(program, kernel.nest, tensors);
      if (nests === undefined) return [group];
      for (const [part, nest] of nests.lanes.entries()) owners.set(nest, { part, parts: program.lanes });
      if (mode === 'naive') owners.set(nests.combine, { part: 0, parts: 1 });
      return [...nests.lanes, nests.combine].map((nest) => ({
        kernels: [{ nest, split: { kind: 'single' } as const }],
        chunk: 1,
      }));
    });
  return { program: { ...program, tensors, phases: [{ groups }] }, owners };
}

/** One nest for each lane, into a new buffer each, and the nest that combines the buffers. */
function splitLanes(
  program: Program,
  nest: Nest,
  tensors: ProgramTensor[],
): { readonly lanes: readonly Nest[]; readonly combine: Nest } | undefined {
  const { reduction } = nest;
  const [store] = nest.stores;
  const out = store === undefined ? undefined : tensors[store.tensor];
  if (reduction?.rule !== 'batch' || reduction.kind !== 'sum' || store === undefined || out === undefined)
    return undefined;
  // A chain visits few terms, mostly one: a buffer for each lane would cost more than the sums.
  if (reduction.chain !== undefined) return undefined;
  if (parallelAxes(nest).length === 0 || reduction.axis !== nest.axes.length - 1) return undefined;
  const buffers = Array.from({ length: program.lanes }, (_, lane) => {
    const id = tensors.length;
    const buffer: ProgramTensor = {
      ...out,
      id,
      name: `${out.name}.lane${lane}`,
      storage: { kind: 'temporary' },
    };
    tensors.push(buffer);
    return buffer;
  });
  const lanes = buffers.map(
    ({ id }, lane): Nest => ({
      ...nest,
      reduction: { ...reduction, lane },
      stores: [{ tensor: id, index: store.index, value: reduced }],
    }),
  );
  const sums: Scalar[] = buffers.map((buffer) => load(buffer, store.index));
  for (const { into, from } of laneTree(program.lanes)) {
    const [left, right] = [sums[into], sums[from]];
    if (left !== undefined && right !== undefined) sums[into] = add(left, right);
  }
  const [total] = sums;
  if (total === undefined) return undefined;
  const combine: Nest = {
    name: `all-reduce ${nest.name}`,
    axes: nest.axes.slice(0, -1),
    stores: nest.stores.map((other) => ({ ...other, value: replaceReduced(other.value, total) })),
  };
  return { lanes, combine };
}

function replaceReduced(value: Scalar, total: Scalar): Scalar {
  return rewrite(value, (scalar) => (scalar.kind === 'reduced' ? total : scalar));
}
