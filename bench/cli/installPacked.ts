import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Packs all packages and installs them in a folder, as a user would, with the example of digits. */
export function installPacked(folder: string): void {
  const call = (command: string, cwd: string, ...args: readonly string[]): void => {
    execFileSync(command, args, { cwd, stdio: 'pipe' });
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  for (const name of ['core', 'parallel', 'cli'])
    call('npx', join(root, 'packages', name), '--yes', 'pnpm@12', 'pack', '--pack-destination', folder);
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  call(
    'npm',
    folder,
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    ...tarballs.map((each) => `./${each}`),
  );
  mkdirSync(join(folder, 'examples'));
  for (const name of ['digits', 'data'])
    cpSync(join(root, 'examples', name), join(folder, 'examples', name), { recursive: true });
}

/** The command that {@link installPacked} installs. */
export function installedCommand(folder: string): string {
  return join(folder, 'node_modules/@lockstep/cli/dist/main.js');
}
