import type { VariableRole } from '../graph/leaves.ts';
import type { Variables, VariableValue } from '../train/variables.ts';
import { weightsHash } from '../train/weightsHash.ts';
import type { ByteSource } from './byteSource.ts';
import { type Checkpoint, trainedVariables } from './checkpoint.ts';
import { crc32c } from './crc32c.ts';
import { decodeCheckpoint, decodeFormatVersion } from './decodeCheckpoint.ts';
import { bytesOfTensor, dtypeOfTensor, type TensorDType } from './tensorBytes.ts';

/** A tensor of a checkpoint, without its values. */
export interface TensorSummary {
  /** `best` for those of the best epoch, which a run that has stopped early ends with. */
  readonly set: 'variables' | 'best';
  readonly path: string;
  readonly role: VariableRole;
  readonly shape: readonly number[];
  readonly dtype: TensorDType;
  readonly bytes: number;
  /** CRC-32C, eight hexadecimal digits: the one in the file, which fits. */
  readonly checksum: string;
  /** Square root of the sum of the squares of all finite values, in float64. */
  readonly norm: number;
  /** Of the finite values; NaN if there is none. */
  readonly min: number;
  readonly max: number;
  /** How many values are NaN or infinite. */
  readonly notFinite: number;
}

/** What a checkpoint holds. */
export interface CheckpointInspection {
  /** Of the file. */
  readonly formatVersion: number;
  readonly bytes: number;
  readonly checkpoint: Checkpoint;
  readonly tensors: readonly TensorSummary[];
  /** Of the weights that `evaluate` and `predict` use. */
  readonly weightsHash: string;
}

function summarise(set: TensorSummary['set'], { path, role, shape, values }: VariableValue): TensorSummary {
  let [squares, min, max, finite] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    finite += 1;
    squares += value * value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const bytes = bytesOfTensor(values);
  return {
    set,
    path,
    role,
    shape,
    dtype: dtypeOfTensor(values),
    bytes: bytes.length,
    checksum: crc32c(bytes).toString(16).padStart(8, '0'),
    norm: Math.sqrt(squares),
    min: finite === 0 ? Number.NaN : min,
    max: finite === 0 ? Number.NaN : max,
    notFinite: values.length - finite,
  };
}

/**
 * Reads a checkpoint and says what is in it. All of its checksums are compared, so whatever this answers with is what was written.
 *
 * @throws LockstepError CHECKPOINT_TRUNCATED, CHECKPOINT_CORRUPT or CHECKPOINT_NEWER, as {@link decodeCheckpoint}
 */
export function inspectCheckpoint(source: ByteSource): CheckpointInspection {
  const formatVersion = decodeFormatVersion(source);
  const checkpoint = decodeCheckpoint(source);
  const { loop, variables } = checkpoint.state;
  const summaries = (set: TensorSummary['set'], tensors: Variables | undefined): TensorSummary[] =>
    Array.from(tensors?.values() ?? [], (tensor) => summarise(set, tensor));
  return {
    formatVersion,
    bytes: source.size,
    checkpoint,
    tensors: [...summaries('variables', variables), ...summaries('best', loop.best?.variables)],
    weightsHash: weightsHash(trainedVariables(checkpoint).values()),
  };
}
