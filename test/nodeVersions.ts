import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Every major version of Node.js the packages support. */
export const nodeMajors = [22, 24, 26] as const;
export type NodeMajor = (typeof nodeMajors)[number];

const packageOf = { 22: 'node22', 24: 'node24', 26: 'node' } as const satisfies Record<NodeMajor, string>;

const require = createRequire(import.meta.url);

/**
 * The absolute path of the Node.js binary of a major version, installed as a development dependency. Each of them
 * runs `.ts` files directly.
 */
export function nodeBinary(major: NodeMajor): string {
  const folder = dirname(require.resolve(`${packageOf[major]}/package.json`));
  const binary = ['node', 'node.exe']
    .map((file) => join(folder, 'bin', file))
    .find((path) => existsSync(path));
  if (binary === undefined)
    throw new Error(`no binary of Node.js ${major} below ${folder}: run pnpm install`);
  return realpathSync(binary);
}
