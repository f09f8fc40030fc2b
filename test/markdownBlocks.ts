import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A fenced block of TypeScript in a page. */
export interface Block {
  /** `README-1.ts`, or the name that the block's first line is a comment of. */
  readonly name: string;
  readonly page: string;
  /** Path in the first line's comment. */
  readonly path: string | undefined;
  /** As it stands in the page. */
  readonly text: string;
  /** With its relative imports made those of a file at the root of the repository, or of another block of the page. */
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
  const prefix = page.replaceAll('/', '-').replace(/\.md$/, '');
  const nameOf = (path: string): string => `${prefix}-${path.replaceAll('/', '-')}`;
  const found = [...text.matchAll(fence)].map((match) => {
    const code = match.groups?.['code'] ?? '';
    return { code, path: firstComment.exec(code)?.groups?.['path'] };
  });
  const paths = new Set(found.map(({ path }) => path));
  return found.map(({ code, path }, position) => ({
    name: nameOf(path ?? `${position + 1}.ts`),
    page,
    path,
    text: code,
    code: code.replaceAll(relativeImport, (module) => {
      const imported = posix.join(posix.dirname(path ?? ''), module);
      return `./${paths.has(imported) ? nameOf(imported) : imported}`;
    }),
    isRunFile: /^export default defineRun\(/m.test(code),
  }));
}
