import { inspectRun, LockstepError, type Run, type RunInspection } from '@lockstep/core';
import {
  type ProgramSource,
  printGraph,
  printProgram,
  simplify,
  summariseProgram,
} from '@lockstep/core/engine';
import { compileShared, type ReduceChoice, type Workers } from '@lockstep/parallel';
import { loadRunFile } from '../loadRunFile.ts';
import { type RunFlags, runChanges } from '../runChanges.ts';
import { runLines } from './runLines.ts';

export interface RunFileFlags extends RunFlags {
  readonly workers: Workers;
  readonly reduce: ReduceChoice;
  readonly program?: true;
  readonly graph?: true;
  readonly of: string;
}

interface Named {
  readonly inspection: RunInspection;
  readonly name: string;
}

function noProgram({ inspection: { sources }, name }: Named): LockstepError {
  return new LockstepError('UNKNOWN_OPTION', `the run has no program "${name}"`, {
    where: { field: '--of' },
    wanted: `one of ${sources.map(({ graph }) => graph.name).join(', ')}`,
  });
}

function programOf(named: Named): RunInspection['compilation']['programs'][number] {
  const program = named.inspection.compilation.programs.find(({ name }) => name === named.name);
  if (program === undefined) throw noProgram(named);
  return program;
}

/** The graph that is compiled: equal nodes are one. */
function graphOf(named: Named): ProgramSource['graph'] {
  const source = named.inspection.sources.find(({ graph }) => graph.name === named.name);
  if (source === undefined) throw noProgram(named);
  return simplify(source.graph);
}

/** What a schedule gives the first and the last step. */
function learningRates(
  { schedule }: Run,
  { steps }: RunInspection,
): { readonly first: number; readonly last: number } {
  return { first: schedule(0, steps), last: schedule(steps - 1, steps) };
}

/** One JSON object of what is known of a run. */
async function runObject(
  file: string,
  run: Run,
  inspection: RunInspection,
  flags: RunFileFlags,
): Promise<object> {
  const { describePreprocessing, describeRun } = await import('@lockstep/core/io');
  const { sources: _sources, compilation, ...figures } = inspection;
  const named = { inspection, name: flags.of };
  return {
    type: 'inspection',
    of: 'run',
    path: file,
    configuration: describeRun(run),
    ...describePreprocessing(run),
    learningRates: learningRates(run, inspection),
    ...figures,
    programs: compilation.programs.map((program) => ({
      name: program.name,
      batchSize: program.batchSize,
      steps: program.steps,
      phases: program.phases.length,
      kernels: program.phases.flatMap(({ groups }) => groups.flatMap(({ kernels }) => kernels)).length,
    })),
    ...(flags.program && { program: summariseProgram(programOf(named)) }),
    ...(flags.graph && { graph: printGraph(graphOf(named)) }),
  };
}

/**
 * What a run file defines, as text or as one JSON object.
 *
 * @throws LockstepError as `lockstep train` does before its first step; UNKNOWN_OPTION for a program that there is not
 */
export async function inspectRunFile(
  file: string,
  flags: RunFileFlags & { readonly json?: true },
): Promise<string> {
  const run = await loadRunFile(file, runChanges(flags));
  const { workers, reduce, json, program, graph, of } = flags;
  const inspection = inspectRun(run, { compile: (sources) => compileShared(sources, { workers, reduce }) });
  if (json) return `${JSON.stringify(await runObject(file, run, inspection, flags))}\n`;
  const named = { inspection, name: of };
  // Whoever asks for the program has no use for the tables above it.
  if (program || graph)
    return [
      ...(graph ? [printGraph(graphOf(named))] : []),
      ...(program ? [printProgram(programOf(named))] : []),
    ].join('\n');
  const { describeRun } = await import('@lockstep/core/io');
  const lines = runLines({
    run,
    inspection,
    learningRates: learningRates(run, inspection),
    configuration: describeRun(run),
  });
  return `${lines.join('\n')}\n`;
}
