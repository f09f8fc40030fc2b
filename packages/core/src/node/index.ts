export { loadMnist } from './loadMnist.ts';
export { type CsvOptions, readCsv } from './readCsv.ts';
export { readIdx } from './readIdx.ts';
export { setWasmFlags } from './setWasmFlags.ts';
export { writeFileDurably } from './writeFileDurably.ts';
