import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';

function revision(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
}

/** Where and when, one fact a line. */
export function describeMachine(): readonly string[] {
  const [first] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `machine: ${cpus().length} cores of ${first?.model ?? 'an unknown processor'}, ${gigabytes} GB, ${type()} ${release()}`,
    `date: ${new Date().toISOString().slice(0, 10)}`,
    `lockstep: ${revision()}; Node.js ${process.version}, V8 ${process.versions.v8}`,
  ];
}
