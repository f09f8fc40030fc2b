import { basename } from 'node:path/posix';
import { type CpuProfile, eachSample, parentsOf } from './trimProfile.ts';

type Frame = CpuProfile['nodes'][number]['callFrame'];

/** Time spent in a function itself. */
export interface SelfTime {
  /** Of a kernel: what it computes, and the sizes of its axes. */
  readonly name: string;
  /** The phase of a kernel; file and line of a function of JavaScript; nothing of V8's own work. */
  readonly place: string;
  /** Of the time of the profile, between 0 and 1. */
  readonly share: number;
}

/** Functions of a rank's thread that wait: what is below them on the stack is part of it. */
const waiting = new Map([
  ['barrier', '(waiting for other ranks)'],
  ['waitFor', '(waiting for other ranks)'],
  ['nextCommand', '(waiting for the coordinator)'],
]);

/** A phase is a function of its own: `train.0` is phase 0 of the program `train`. */
const phaseFunction = /^(?<program>.+)\.(?<phase>\d+)$/;

const isWasm = ({ url }: Frame): boolean => url.startsWith('wasm:');

function phaseOf(stack: readonly Frame[]): string {
  const groups = stack.find((frame) => isWasm(frame) && phaseFunction.test(frame.functionName));
  const { program = '', phase = '' } = phaseFunction.exec(groups?.functionName ?? '')?.groups ?? {};
  if (phase === '') return '';
  return program === 'train' ? `phase ${phase}` : `phase ${phase} of ${program}`;
}

/** @param stack - the innermost function first */
function attribute(stack: readonly Frame[], isRank: boolean): Pick<SelfTime, 'name' | 'place'> {
  // Machine code that a kernel calls is the kernel's.
  const kernel = stack.find(isWasm);
  if (kernel !== undefined) return { name: kernel.functionName, place: phaseOf(stack) };
  const wait = isRank ? stack.find(({ functionName }) => waiting.has(functionName)) : undefined;
  if (wait !== undefined) return { name: waiting.get(wait.functionName) ?? '', place: '' };
  const [frame] = stack;
  const name = frame?.functionName || '(anonymous)';
  return { name, place: frame?.url ? `${basename(frame.url)}:${frame.lineNumber + 1}` : '' };
}

/**
 * The time of a profile by function, the longest first.
 *
 * @param isRank - of a rank's thread
 */
export function selfTimes(profile: CpuProfile, isRank: boolean): readonly SelfTime[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parents = parentsOf(profile);
  const stackOf = (node: number): readonly Frame[] => {
    const stack: Frame[] = [];
    for (let id: number | undefined = node; id !== undefined; id = parents.get(id)) {
      const frame = frames.get(id);
      if (frame) stack.push(frame);
    }
    return stack;
  };
  const functions = new Map(profile.nodes.map(({ id }) => [id, attribute(stackOf(id), isRank)]));
  const times = new Map<string, { name: string; place: string; time: number }>();
  let total = 0;
  eachSample(profile, (node, time) => {
    const { name, place } = functions.get(node) ?? { name: '', place: '' };
    const key = `${place} ${name}`;
    times.set(key, { name, place, time: (times.get(key)?.time ?? 0) + time });
    total += time;
  });
  return [...times.values()]
    .map(({ time, ...named }) => ({ ...named, share: time / total }))
    .sort((a, b) => b.share - a.share);
}
