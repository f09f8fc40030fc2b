import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { nodeBinary, nodeMajors } from './nodeVersions.ts';

const printMajor = `
  interface Version { readonly node: string }
  const { node }: Version = process.versions;
  console.log(node.split('.')[0]);
`;

it.each(nodeMajors)('Node %i is installed and runs TypeScript', (major) => {
  const printed = execFileSync(nodeBinary(major), ['--input-type=module-typescript', '--eval', printMajor], {
    encoding: 'utf8',
  });
  expect(printed.trim()).toBe(String(major));
});

it('the versions besides the pinned one leave `node` alone', () => {
  expect(process.versions.node).toMatch(/^26\./);
});
