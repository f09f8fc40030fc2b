import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { wasmExecutors } from '../../packages/core/src/train/testing/executors.ts';
import { nodeBinary, nodeMajors } from '../nodeVersions.ts';
import { goldenBits } from './golden.ts';
import { runsFor, waysFor } from './pairings.ts';
import { goldenNames } from './runs.ts';

const script = fileURLToPath(new URL('printBits.ts', import.meta.url));

/** With and without V8's flags; the first of each version is the other one of the version before. */
const ways = nodeMajors.flatMap((major, at) => {
  const both = [
    { major, flags: [] as string[] },
    { major, flags: ['--flags'] },
  ];
  return at % 2 === 0 ? both : both.reverse();
});

it.each(runsFor(ways, 0))(
  'Node $major $flags gives the golden bits',
  { timeout: 60_000 },
  ({ major, flags }) => {
    const { node, printed }: { node: string; printed: unknown } = JSON.parse(
      execFileSync(nodeBinary(major), [script, ...flags], { encoding: 'utf8' }),
    );
    expect(node).toMatch(new RegExp(`^${major}\\.`));
    expect(printed).toEqual(
      runsFor(goldenNames, flags.length).flatMap((name) =>
        waysFor(name, goldenNames.indexOf(name) + flags.length, Object.keys(wasmExecutors), 3).map(
          (executor) => ({
            name,
            executor,
            bits: goldenBits(name),
          }),
        ),
      ),
    );
  },
);
