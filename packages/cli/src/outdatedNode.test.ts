import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outdatedNode } from './outdatedNode.ts';

test('versions before the one that package.json asks for are refused', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const least = engines.node.replace('>=', '');
  for (const version of [`${least}.0`, '22.100.1', '24.0.0', '100.1.0'])
    expect(outdatedNode(version)).toBeUndefined();
  for (const version of ['22.17.1', '20.20.2', '9.11.2'])
    expect(outdatedNode(version)).toBe(`lockstep needs Node.js ${least} or newer; this is ${version}`);
});
