import { computedPoints, type Program } from '@lockstep/core/engine';

/** How much there is to share in a step. */
export interface Work {
  /** Points of all nests that are computed: mostly multiplications with an addition. */
  readonly points: number;
  /** The most parts that any kernel is cut into. */
  readonly units: number;
}

function workOf({ phases }: Program): Work {
  let [points, units] = [0, 1];
  for (const { groups } of phases)
    for (const { kernels } of groups)
      for (const { nest, split } of kernels) {
        points += computedPoints(nest);
        if (split.kind === 'axis') units = Math.max(units, split.owner?.parts ?? split.units);
      }
  return { points, units };
}

/** Of each phase of a program: whether it changes variables. */
export function updatingPhases({ tensors, phases }: Program): readonly boolean[] {
  return phases.map(({ groups }) =>
    groups.some(({ kernels }) =>
      kernels.some(({ nest }) =>
        nest.stores.some(({ tensor }) => tensors[tensor]?.storage.kind === 'variable'),
      ),
    ),
  );
}

/** Of a step of the program that computes most: of those that train, if there are any. */
export function mostWork(programs: readonly Program[]): Work {
  const training = programs.filter((program) => updatingPhases(program).includes(true));
  const works = (training.length > 0 ? training : programs).map(workOf);
  return works.reduce((most, work) => (work.points > most.points ? work : most), { points: 0, units: 1 });
}

/**
 * Points that make another worker worth it. Measured with dense networks, microseconds a step of one worker and of two:
 * 7.1 and 10.7 at 60,000 points, 7.3 and 7.3 at 170,000, 10.7 and 7.9 at 200,000, 87 and 51 at 3,700,000. A core that
 * other processes want too makes few points much dearer, and many hardly.
 */
const pointsPerWorker = 100_000;

/** As many workers as there is work for. */
export function workersFor({ points, units }: Work, most: number): number {
  return Math.max(1, Math.min(most, units, Math.floor(points / pointsPerWorker)));
}
