// Installs what is missing, so that `npm start` and `npm test` work as the first command in a fresh clone with
// nothing but Node.js 20 and npm. Plain JavaScript: it runs before the pinned Node.js exists.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.lockstep-installed.json');

// Not the "packageManager" field: a frozen install refuses a pin that the lockfile does not repeat.
const pnpm = 'pnpm@12';

/** What each scope asks pnpm for; `all` contains `train`. */
const installArguments = {
  train: ['--prod'],
  all: [],
};

function wantedHash() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Whether pnpm, called by hand, has installed everything that this lockfile asks for: a smaller install would remove parts of it. */
function isFullyInstalled() {
  try {
    const { included } = JSON.parse(readFileSync(join(root, 'node_modules', '.modules.yaml'), 'utf8'));
    const installed = readFileSync(join(root, 'node_modules', '.pnpm', 'lock.yaml'), 'utf8');
    return (
      included.devDependencies === true && installed === readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
    );
  } catch {
    return false;
  }
}

function isInstalled(scope, hash) {
  if (isFullyInstalled()) return true;
  try {
    const installed = JSON.parse(readFileSync(stamp, 'utf8'));
    return installed.hash === hash && (installed.scope === 'all' || installed.scope === scope);
  } catch {
    return false;
  }
}

function install(scope, hash) {
  console.log(`Installing what ${scope === 'all' ? 'development' : 'training'} needs; this happens once.`);
  const { status, signal, error } = spawnSync(
    'npx',
    ['--yes', pnpm, 'install', '--frozen-lockfile', ...installArguments[scope]],
    {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
      // Going from one scope to the other, pnpm would stop to ask whether it may replace node_modules.
      env: { ...process.env, CI: 'true' },
    },
  );
  if (error !== undefined) throw error;
  if (signal !== null) process.exit(128 + constants.signals[signal]);
  if (status !== 0) process.exit(status);
  writeFileSync(stamp, `${JSON.stringify({ scope, hash })}\n`);
}

const scope = process.argv[2];
if (!Object.hasOwn(installArguments, scope)) {
  console.error(`usage: bootstrap.mjs ${Object.keys(installArguments).join('|')}`);
  process.exit(2);
}
const hash = wantedHash();
if (!isInstalled(scope, hash)) install(scope, hash);
