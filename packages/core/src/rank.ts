// What the thread of a rank, or of a loader, loads of this package (`@lockstep/core/rank`), and nothing more: it starts the sooner.
export type { SegmentBytes } from './compile/place.ts';
export { BlockReader, type StreamSchema } from './data/blockSource.ts';
export { allocateValues } from './data/field.ts';
export { LockstepError } from './errors.ts';
export { installProducts } from './node/installProducts.ts';
export { openYield } from './node/openYield.ts';
export type { ProductCode } from './runtime/wasm/products.ts';
export {
  type ProgramPhase,
  WasmWorker,
  type WorkerPhase,
  type WorkerPrograms,
} from './runtime/wasm/worker.ts';
