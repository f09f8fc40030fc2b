// Entry of the process that clinic watches: trains the run of the task in the file that it is given, for a while.
import { readFileSync } from 'node:fs';
import { fit } from '@lockstep/core';
import { setWasmFlags, useMachineCode } from '@lockstep/core/node';
import { train } from '@lockstep/parallel';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadRunFile } from '../loadRunFile.ts';
import type { ClinicTask } from './clinicTask.ts';
import { limitedRun, onTimeUp } from './recording.ts';

const { file, changes, sharing, limits }: ClinicTask = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
);
// Clinic has the options preload its sampler, which would write to the same file from every thread.
delete process.env['NODE_OPTIONS'];
setWasmFlags();
useMachineCode();
const run = limitedRun(await loadRunFile(file, changes), limits);
const timeUp = new AbortController();
const interrupt = abortOnInterrupt(() => {});
const options = {
  signal: AbortSignal.any([timeUp.signal, interrupt.signal]),
  onEvent: ({ type }: { readonly type: string }) => {
    if (type === 'start') timer = onTimeUp(limits, () => timeUp.abort());
  },
};
let timer: NodeJS.Timeout | undefined;
if (sharing === undefined) await fit(run, options);
else await train(run, { ...options, ...sharing });
clearTimeout(timer);
interrupt.release();
