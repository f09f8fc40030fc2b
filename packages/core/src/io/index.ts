export { type ByteSource, sourceOfBytes } from './byteSource.ts';
export { type Checkpoint, type Json, type RunDescription, trainedVariables } from './checkpoint.ts';
export { type DecodeOptions, decodeCheckpoint } from './decodeCheckpoint.ts';
export { describePreprocessing, describeRun } from './describeRun.ts';
export { encodeCheckpoint } from './encodeCheckpoint.ts';
export { type CheckpointInspection, inspectCheckpoint, type TensorSummary } from './inspectCheckpoint.ts';
export { requireSameRun } from './requireSameRun.ts';
export { restorePreprocessing } from './restorePreprocessing.ts';
export { takeCheckpoint } from './takeCheckpoint.ts';
