import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A fenced block of TypeScript in a page. */
export interface Block {
  /** `README-1.ts`, or the name that the block's first line is a comment of. */
  readonly name: string;
  readonly page: string;
  /** With its relative imports made those of a file at the root of the repository. */
  readonly code: string;
  /** Its default export is a run. */
  readonly isRunFile: boolean;
}

const fence = /^```ts\n(?<code>.*?)^```$/gms;
const firstComment = /^\/\/ (?<path>[\w./-]+\.ts)\n/;
const relativeImport = /(?<= from ')\.{1,2}\/[^']+(?=')/g;

/**
 * The TypeScript blocks of a page. A first line `// packages/core/src/ops/cube.ts` says where a block would be in the
 * repository: its relative imports start there, otherwise at the root.
 *
 * @param root - of the repository
 * @param page - path below the root
 */
export function blocksOf(root: string, page: string): readonly Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(fence)].map((match, position) => {
    const code = match.groups?.['code'] ?? '';
    const path = firstComment.exec(code)?.groups?.['path'];
    const folder = posix.dirname(path ?? '');
    const prefix = page.replaceAll('/', '-').replace(/\.md$/, '');
    return {
      name: `${prefix}-${path === undefined ? position + 1 : path.replaceAll('/', '-').replace(/\.ts$/, '')}.ts`,
      page,
      code: code.replaceAll(relativeImport, (module) => `./${posix.join(folder, module)}`),
      isRunFile: /^export default defineRun\(/m.test(code),
    };
  });
}
