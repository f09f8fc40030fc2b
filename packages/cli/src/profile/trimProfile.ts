import type { Profiler } from 'node:inspector';

/** What V8's profiler writes. */
export type CpuProfile = Profiler.Profile;

/** Calls back with the node and the time, in microseconds, of every sample. */
export function eachSample(
  { samples = [], timeDeltas = [], startTime }: CpuProfile,
  visit: (node: number, microseconds: number, at: number) => void,
): void {
  let at = startTime;
  for (const [position, node] of samples.entries()) {
    const delta = timeDeltas[position] ?? 0;
    at += delta;
    visit(node, delta, at);
  }
}

/**
 * A part of a profile: its samples, and the functions that were on the stack in them.
 *
 * @param from - in the microseconds of the profile
 */
export function trimProfile(profile: CpuProfile, from: number, to: number): CpuProfile {
  const parents = parentsOf(profile);
  const hits = new Map<number, number>();
  const kept = new Set<number>();
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let first = to;
  let last = from;
  eachSample(profile, (node, delta, at) => {
    if (at < from || at > to) return;
    first = Math.min(first, at);
    last = Math.max(last, at);
    timeDeltas.push(samples.length === 0 ? 0 : delta);
    samples.push(node);
    hits.set(node, (hits.get(node) ?? 0) + 1);
    for (let id: number | undefined = node; id !== undefined && !kept.has(id); id = parents.get(id))
      kept.add(id);
  });
  const root = profile.nodes[0];
  if (root !== undefined) kept.add(root.id);
  return {
    // Ticks of source lines are those of the whole profile.
    nodes: profile.nodes.flatMap(({ positionTicks: _, ...node }) =>
      kept.has(node.id)
        ? [
            {
              ...node,
              hitCount: hits.get(node.id) ?? 0,
              children: (node.children ?? []).filter((child) => kept.has(child)),
            },
          ]
        : [],
    ),
    startTime: first,
    endTime: last,
    samples,
    timeDeltas,
  };
}

/** Of each node but the root: the node that called it. */
export function parentsOf({ nodes }: CpuProfile): ReadonlyMap<number, number> {
  return new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
}
