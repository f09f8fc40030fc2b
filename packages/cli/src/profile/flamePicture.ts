import { basename } from 'node:path/posix';
import { box, escaped, picture } from './svg.ts';
import { type CpuProfile, eachSample, parentsOf } from './trimProfile.ts';

const width = 1000;
const rowHeight = 16;
const top = 36;
/** Narrower functions are left out, in pixels. */
const narrowest = 0.5;

const colours = { kernel: '#e8a33d', javascript: '#8fb8de', v8: '#cccccc' } as const;

/** Calls of one function from the same stack, with all that they call. */
interface Call {
  readonly name: string;
  readonly place: string;
  readonly colour: string;
  time: number;
  readonly calls: Map<string, Call>;
}

type Node = CpuProfile['nodes'][number];

function emptyCall({ callFrame: { functionName, url, lineNumber } }: Node): Call {
  const isKernel = url.startsWith('wasm:');
  const place = isKernel || url === '' ? '' : `${basename(url)}:${lineNumber + 1}`;
  const colour = isKernel ? colours.kernel : url === '' ? colours.v8 : colours.javascript;
  return { name: functionName || '(anonymous)', place, colour, time: 0, calls: new Map() };
}

/** All calls of a profile: what V8 keeps apart for reasons of its own comes together again. */
function callTree(profile: CpuProfile): Call | undefined {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = parentsOf(profile);
  const calls = new Map<number, Call>();
  const callOf = (id: number): Call | undefined => {
    const known = calls.get(id);
    const node = nodes.get(id);
    if (known !== undefined || node === undefined) return known;
    const call = emptyCall(node);
    const parent = parents.get(id);
    const siblings = parent === undefined ? undefined : callOf(parent)?.calls;
    const key = `${call.name} ${call.place}`;
    const same = siblings?.get(key) ?? call;
    siblings?.set(key, same);
    calls.set(id, same);
    return same;
  };
  eachSample(profile, (id, microseconds) => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const call = callOf(at);
      if (call) call.time += microseconds;
    }
  });
  const [root] = profile.nodes;
  return root && callOf(root.id);
}

/**
 * A CPU profile as a flame graph (Gregg, 2011): a function is as wide as the time that it and what it calls took, and lies on the
 * one that called it.
 *
 * @param title - one line, plain text
 * @returns SVG
 */
export function flamePicture(title: string, profile: CpuProfile): string {
  const root = callTree(profile);
  const boxes: string[] = [];
  let deepest = 0;
  const draw = (call: Call, left: number, depth: number): void => {
    const scale = width / (root?.time ?? 1);
    if (call.time * scale < narrowest) return;
    deepest = Math.max(deepest, depth);
    const share = (100 * call.time) / (root?.time ?? 1);
    const place = call.place === '' ? '' : ` (${call.place})`;
    const shape = {
      x: left,
      y: top + depth * rowHeight,
      width: call.time * scale - 0.3,
      height: rowHeight - 1,
    };
    boxes.push(box(shape, call.colour, call.name, `${call.name}${place} ${share.toFixed(1)} %`));
    let next = left;
    for (const inner of [...call.calls.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'))) {
      draw(inner, next, depth + 1);
      next += inner.time * scale;
    }
  };
  if (root && root.time > 0) draw(root, 0, 0);
  return picture(width, top + (deepest + 1) * rowHeight + 10, title, [
    `<text x="${width / 2}" y="20" text-anchor="middle" font-size="14">${escaped(title)}</text>`,
    ...boxes,
  ]);
}
