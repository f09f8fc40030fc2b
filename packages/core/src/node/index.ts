export { setWasmFlags } from './setWasmFlags.ts';
