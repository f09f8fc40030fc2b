import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '@lockstep/core';
import type { ReduceChoice, Workers } from '@lockstep/parallel';
import { Command, Option } from 'commander';
import { addExamples } from '../help.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { addModeFlags, type ModeFlags, modeOf } from '../modeFlags.ts';
import { parsePositive, parsePositiveInteger } from '../parseNumber.ts';
import { parseWorkerCounts } from '../parseWorkers.ts';
import { type ProfileTool, profileTools } from '../profile/tools/index.ts';
import { reduceChoices } from '../reduceChoices.ts';
import { addRunFlags, type RunFlags, runChanges } from '../runChanges.ts';
import { makeFolder, timeStamp } from '../runFolder.ts';

interface ProfileFlags extends RunFlags, ModeFlags {
  readonly tool: string;
  readonly workers?: readonly number[];
  readonly reduce?: ReduceChoice;
  readonly steps?: number;
  readonly seconds: number;
  readonly out?: string;
  readonly open?: true;
  readonly json?: true;
}

/** Auto tries ways of combining sums, which is nothing to look at. */
const fixedReductions = reduceChoices.filter((choice) => choice !== 'auto');
const usualReduction = 'fused';

function findTool({ tool: name, workers, mode, open }: ProfileFlags): ProfileTool {
  const tool = profileTools.find((each) => each.name === name);
  if (tool === undefined) throw new LockstepError('UNKNOWN_OPTION', 'there is no such tool', { got: name });
  if (tool.isSolo && workers !== undefined)
    throw new LockstepError('BAD_OPTION', `${name} profiles training in one thread, without workers`, {
      where: { field: '--workers' },
      hint: 'Leave --workers out. The tools cpu and trace see every worker.',
    });
  if (tool.isSolo && mode !== 'sync')
    throw new LockstepError('BAD_OPTION', `${name} profiles training in one thread, which has no mode`, {
      where: { field: '--mode' },
      got: mode,
      hint: 'Leave --mode out. The tools cpu and trace see every worker, in every mode.',
    });
  if (!tool.isPage && open)
    throw new LockstepError('BAD_OPTION', `${name} makes no page for a browser`, {
      where: { field: '--open' },
      hint: 'It writes files that Chrome DevTools, Perfetto or speedscope open, and pictures.',
    });
  return tool;
}

/** @throws LockstepError OUT_EXISTS for a folder with something in it; NOT_WRITABLE */
function newFolder(path: string): string {
  if (existsSync(path) && readdirSync(path).length > 0)
    throw new LockstepError('OUT_EXISTS', 'the folder is not empty', {
      where: { field: '--out', file: path },
      hint: 'Choose another folder, or delete this one.',
    });
  makeFolder(path);
  return path;
}

async function profile(file: string, flags: ProfileFlags): Promise<number> {
  const { steps, seconds, json } = flags;
  const tool = findTool(flags);
  const mode = modeOf(flags);
  const changes = runChanges(flags);
  const run = await loadRunFile(file, changes);
  const out = newFolder(flags.out ?? join('runs', `${run.name}-profile-${timeStamp(new Date())}`));
  const note = (text: string): void => {
    if (!json) process.stderr.write(`${text}\n`);
  };
  const counts: readonly Workers[] = flags.workers ?? ['auto'];
  const interrupt = abortOnInterrupt(() => note('stopping after this step; once more to stop at once'));
  try {
    for (const workers of counts) {
      if (interrupt.signal.aborted) break;
      const folder = counts.length === 1 ? out : newFolder(join(out, `workers-${workers}`));
      const { lines, data, files } = await tool.profile({
        run,
        source: { file, changes },
        sharing: { workers, mode, ...(mode.name === 'sync' && { reduce: flags.reduce ?? usualReduction }) },
        limits: { ...(steps !== undefined && { steps }), seconds },
        folder,
        signal: interrupt.signal,
        open: flags.open === true,
        note,
      });
      const output = json
        ? [
            JSON.stringify({
              type: 'profile',
              tool: tool.name,
              name: run.name,
              mode: mode.name,
              ...data,
              files,
            }),
          ]
        : [...lines, ...(lines.length === 0 ? [] : ['']), ...files, ''];
      process.stdout.write(`${output.join('\n')}\n`);
    }
    return interrupt.exitCode();
  } finally {
    interrupt.release();
  }
}

/** `lockstep profile`: where the time of a run goes. */
export function profileCommand(setExitCode: (code: number) => void): Command {
  const command = new Command('profile')
    .description(
      'train a run for a few seconds and show where the time goes: validation, early stopping and callbacks are left out',
    )
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})')
    .addOption(
      new Option('--tool <name>', 'what to look with; see below')
        .choices(profileTools.map(({ name }) => name))
        .default('cpu'),
    )
    .option('--workers <list>', 'numbers of workers, a profile for each (default: auto)', parseWorkerCounts)
    .addOption(
      new Option(
        '--reduce <how>',
        `sync: how the threads combine sums over a mini-batch (default: ${usualReduction})`,
      ).choices(fixedReductions),
    )
    .option('--steps <n>', 'training steps, in place of --seconds', parsePositiveInteger)
    .option('--seconds <s>', 'seconds of training, after a warm-up', parsePositive, 3);
  addRunFlags(addModeFlags(command))
    .option('--out <folder>', 'where the profile goes (default: runs/<name>-profile-<time>)')
    .option('--open', 'show the report in a browser (flame, doctor, bubbleprof)')
    .option('--json', 'print one JSON object for each number of workers')
    .action(async (file: string, flags: ProfileFlags) => setExitCode(await profile(file, flags)));
  return addExamples(
    command,
    [
      ['lockstep profile run.ts', 'functions of every thread that take longest'],
      ['lockstep profile run.ts --tool trace --workers 1,2', 'who computes and who waits, phase by phase'],
      ['lockstep profile run.ts --tool trace --steps 200', 'the same, of 200 steps'],
      ['lockstep profile run.ts --tool trace --mode stale --workers 2', 'in another mode'],
      ['lockstep profile run.ts --tool flame --open', 'clinic flame on one thread, in a browser'],
      ['lockstep profile run.ts --tool doctor --workers 1,2', 'a clinic doctor report for each'],
    ],
    [
      '',
      'Tools:',
      '  cpu         V8 CPU profile of every thread (.cpuprofile, flame graph as SVG), and a table',
      '  trace       timeline of every worker (Chrome trace format, picture as SVG), and a table',
      '  flame       clinic flame: stacks of training in one thread, without workers',
      '  doctor      clinic doctor: CPU, memory and event loop of the process',
      '  bubbleprof  clinic bubbleprof: what the main thread waits for',
      'clinic is the one that is installed beside the run, else npx fetches it (154 MB, once).',
    ],
  );
}
