import { expect, it } from 'vitest';
import { chooseWidth, probeWidth } from './probe.ts';
import { type ProbeKernel, probeKernels } from './probeKernels.ts';

let clock = 0;
/** A clock that only kernels move on: a busy machine does not. */
const now = (): number => clock;

/** A kernel that takes as long as it is told to. */
function kernel(milliseconds: number, sums: readonly number[] = [1, 2, 3]): ProbeKernel {
  return {
    run: () => {
      clock += milliseconds;
    },
    bits: () => Uint32Array.from(sums),
  };
}

const idle = (): void => {};

it('takes a wide kernel that is as fast, in a busy moment, and has the same bits', () => {
  expect(chooseWidth({ narrow: kernel(1), wide: kernel(1), runUnread: idle }, now).wide).toBe(true);
});

it('takes a wide kernel that is clearly faster and has the same bits', () => {
  expect(chooseWidth({ narrow: kernel(1), wide: kernel(0.2), runUnread: idle }, now).wide).toBe(true);
});

it('refuses a wide kernel with one wrong bit', () => {
  const wide = kernel(0.2, [1, 2, 2]);
  expect(chooseWidth({ narrow: kernel(1), wide, runUnread: idle }, now).wide).toBe(false);
});

it('refuses a wide kernel that is slower', () => {
  expect(chooseWidth({ narrow: kernel(0.2), wide: kernel(1), runUnread: idle }, now).wide).toBe(false);
});

it('refuses a wide kernel whose optimised code was never seen', () => {
  const { run } = kernel(1);
  expect(chooseWidth({ narrow: kernel(1), wide: kernel(0.2), runUnread: run }, now).wide).toBe(false);
});

it('probes with kernels that sum the same terms in the same order', () => {
  const { narrow, wide } = probeKernels();
  const sums = new Float32Array(wide.bits().buffer);
  expect(new Set(sums).size).toBe(64);
  expect(wide.bits()).toEqual(narrow.bits());
});

it('answers once for a process', () => {
  expect(probeWidth()).toBe(probeWidth());
});
