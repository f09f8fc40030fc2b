import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockstepError } from '@lockstep/core';
import { plural } from '../../report/describe.ts';
import { type CommandLine, clinicCommand, clinicVersion } from '../clinicCommand.ts';
import type { ClinicTask } from '../clinicTask.ts';
import type { ProfileRequest, ProfileTool } from './profileTool.ts';

/** Of this kind, and beside this code where it is bundled, a folder above it in a checkout. */
const entry = fileURLToPath(
  extname(import.meta.url) === '.ts'
    ? new URL('../clinicRun.ts', import.meta.url)
    : new URL('./clinicRun.js', import.meta.url),
);

/** Runs clinic; answers with what it printed. */
async function runClinic({ program, args }: CommandLine): Promise<string> {
  const isWindows = process.platform === 'win32';
  const clinic = spawn(program, isWindows ? args.map((arg) => `"${arg}"`) : args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: isWindows,
    // It would ask whether it may report how it is used.
    env: { ...process.env, NO_INSIGHT: '1', NO_UPDATE_NOTIFIER: '1' },
  });
  let output = '';
  for (const stream of [clinic.stdout, clinic.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return await new Promise((fulfil) => {
    clinic.once('error', ({ message }) => fulfil(`${output}${message}`));
    clinic.once('close', () => fulfil(output));
  });
}

/** The page that clinic made; undefined if it made none, or died over it. */
function reportIn(folder: string): string | undefined {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(folder, name))
    .find((page) => readFileSync(page, 'utf8').includes('</html>'));
}

async function profile(tool: string, isSolo: boolean, request: ProfileRequest): Promise<string> {
  const { source, sharing, limits, open, note } = request;
  const folder = resolve(request.folder);
  const task: ClinicTask = {
    ...source,
    file: resolve(source.file),
    ...(!isSolo && { sharing }),
    limits,
  };
  const taskFile = join(folder, 'task.json');
  writeFileSync(taskFile, JSON.stringify(task));
  const command = clinicCommand(tool, [entry, taskFile], { folder: process.cwd(), reports: folder, open });
  const amount = limits.steps === undefined ? `${limits.seconds} s` : plural(limits.steps, 'step');
  note(`clinic ${tool} watches ${amount} of training, then makes its report`);
  const output = await runClinic(command);
  const report = reportIn(folder);
  if (report === undefined)
    throw new LockstepError('TOOL_FAILED', `clinic ${tool} made no report`, {
      got: output.trim() === '' ? 'nothing' : output.trim(),
      hint: `Without a network, npx finds only what it has downloaded before: install clinic beside the run, by npm install --save-dev clinic@${clinicVersion}. --tool cpu and trace need nothing.`,
    });
  return report;
}

/** A tool of clinic's. */
export function clinicTool(name: string, { isSolo }: Pick<ProfileTool, 'isSolo'>): ProfileTool {
  return {
    name,
    isSolo,
    isPage: true,
    profile: async (request) => {
      const report = await profile(name, isSolo, request);
      return { lines: [], data: {}, files: [report] };
    },
  };
}
