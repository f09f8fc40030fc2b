import type { Variables } from './variables.ts';

/**
 * Variables in which every parameter that an average is kept of has the average as its value; the averages themselves are
 * left out.
 */
export function averagedWeights(variables: Variables): Variables {
  const named = [...variables].filter(([, { role }]) => role !== 'average');
  return new Map(
    named.map(([path, value]) => {
      const values = variables.get(`average.${path}`)?.values ?? value.values;
      return [path, { ...value, values }];
    }),
  );
}
