import { type Dataset, fromArrays, standardise } from '@lockstep/core';

const points = [
  [1, 2],
  [2, 3],
  [3, 4],
  [4, 5],
];
const classes = [0, 0, 1, 1];

/** Four points of two classes: as labels, for an output a class; or as 0 and 1, for a single output. */
export function twoClasses(target: 'labels' | 'numbers'): Dataset {
  const y =
    target === 'labels' ? { values: Int32Array.from(classes), classes: 2 } : classes.map((each) => [each]);
  return standardise(fromArrays({ x: points, y }), 'x');
}
