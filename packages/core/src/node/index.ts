export { loadMnist } from './loadMnist.ts';
export { type CsvOptions, readCsv } from './readCsv.ts';
export { readIdx } from './readIdx.ts';
export { readNpy, writeNpy } from './readNpy.ts';
export { type NpzOptions, readNpz } from './readNpz.ts';
export { setWasmFlags } from './setWasmFlags.ts';
export { writeFileDurably } from './writeFileDurably.ts';
