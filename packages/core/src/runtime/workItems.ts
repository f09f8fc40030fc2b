import { type Group, type Kernel, type Phase, type Pieces, unitsFor } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import type { AxisRange } from './nestRunner.ts';

/** One thing a worker does without looking around: a part of a kernel, or looking at the guard. */
export type WorkItem =
  | { readonly kind: 'kernel'; readonly kernel: Kernel; readonly range?: AxisRange }
  | { readonly kind: 'guard'; readonly tensor: number };

const unitsOf = ({ split }: Kernel): string =>
  split.kind === 'axis' ? `${split.units} units shifted by ${split.shift ?? 0}` : split.kind;

/** The part of a kernel that `count` units from `unit` on are; undefined when it lies beyond the axis. */
function unitItem(kernel: Kernel, unit: number, count: number): WorkItem | undefined {
  const { split, nest } = kernel;
  if (split.kind !== 'axis') return { kind: 'kernel', kernel };
  const size = nest.axes[split.axis]?.size ?? 0;
  const from = unit * split.unit;
  const to = Math.min((unit + count) * split.unit, size);
  return from < to ? { kind: 'kernel', kernel, range: { axis: split.axis, from, to } } : undefined;
}

function groupItems({ kernels, chunk }: Group, worker: number, workers: number, pieces: Pieces): WorkItem[] {
  const [first] = kernels;
  if (!first) return [];
  const other = kernels.find((kernel) => unitsOf(kernel) !== unitsOf(first));
  if (other)
    throw new LockstepError('INTERNAL', 'the kernels of a group are not split alike', {
      where: { op: other.nest.name },
      got: unitsOf(other),
      wanted: `${unitsOf(first)} as ${first.nest.name}`,
    });
  const { split } = first;
  if (split.kind === 'single' && (worker !== 0 || pieces.from !== 0)) return [];
  if (split.kind !== 'axis') return kernels.map((kernel) => ({ kind: 'kernel', kernel }));
  const { from, end } = unitsFor(split, worker, workers, pieces);
  const items: WorkItem[] = [];
  for (let unit = from; unit < end; unit += chunk)
    for (const kernel of kernels) {
      const item = unitItem(kernel, unit, Math.min(chunk, end - unit));
      if (item) items.push(item);
    }
  return items;
}

/** What makes some pieces of the share that one of `workers` workers has in a phase, in order. */
export function workItems(
  { groups, guard }: Phase,
  worker: number,
  workers: number,
  pieces: Pieces,
): readonly WorkItem[] {
  const items: WorkItem[] = [];
  for (let at = 0; at <= groups.length; at++) {
    if (guard?.guardAfter === at) items.push({ kind: 'guard', tensor: guard.tensor });
    const group = groups[at];
    if (group) items.push(...groupItems(group, worker, workers, pieces));
  }
  return items;
}
