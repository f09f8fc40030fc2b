import { LockstepError } from '../errors.ts';
import { constant } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { BuiltModel } from '../nn/model.ts';
import { add, argMax, cast, gather, greater, mul, sub, where } from '../ops/index.ts';
import type { Batch } from './batch.ts';
import { countedRows, oneNumberARow, outputOf, requireRows } from './comparedRows.ts';
import type { LossTerm, Task } from './task.ts';

/** The class of every row, int32 [B]: a label, the greatest of several target values, or whether a single one is above 0.5. */
function classOfRow(place: string, target: Node): Node {
  if (target.shape.length === 2 && target.shape[1] !== 1) return argMax(target);
  const single = oneNumberARow(`${place}.classWeights`, target);
  return single.dtype === 'int32' ? single : cast(greater(single, 0.5), 'int32');
}

/** The losses of every row by one term: loss, class weight, sample weight, rows left out, weight of the term, in this order. */
function comparedLoss(place: string, term: LossTerm, built: BuiltModel, batch: Batch): Node {
  const target = batch.target(term.target);
  let loss = requireRows(place, term.loss(outputOf(place, term, built), target), batch.size);
  const { weight = 1, classWeights, sampleWeight } = term;
  if (classWeights !== undefined) loss = mul(loss, gather(constant(classWeights), classOfRow(place, target)));
  if (sampleWeight !== undefined)
    loss = mul(loss, cast(oneNumberARow(`${place}.sampleWeight`, batch.target(sampleWeight)), 'float32'));
  const counted = countedRows(place, term, batch);
  if (counted !== undefined) loss = where(counted, loss, 0);
  return weight === 1 ? loss : mul(loss, weight);
}

/**
 * The losses of every row by one term. Where rows are mixed, targets that are integers are not, so the losses are that the row would
 * have with either target.
 */
function termLoss(place: string, term: LossTerm, built: BuiltModel, batch: Batch): Node {
  const { mixed } = batch;
  if (mixed === undefined) return comparedLoss(place, term, built, batch);
  if (batch.target(term.target).dtype !== 'float32') {
    const own = comparedLoss(place, term, built, mixed.own);
    const other = comparedLoss(place, term, built, mixed.others);
    return add(mul(own, mixed.share), mul(other, sub(1, mixed.share)));
  }
  if (term.ignoreTarget !== undefined)
    throw new LockstepError('BAD_OPTION', 'targets that are mixed can no longer be told to be left out', {
      where: { field: `${place}.ignoreTarget` },
      hint: 'Leave the rows out of the data, or use class labels.',
    });
  return comparedLoss(place, term, built, batch);
}

/**
 * The loss of every row, [B]: the sum of the terms.
 *
 * @throws LockstepError BAD_OPTION without a term; SHAPE_MISMATCH, DTYPE_MISMATCH or UNKNOWN_OPTION when a term does not fit the
 * model or the data
 */
export function rowLoss({ losses }: Task, built: BuiltModel, batch: Batch): Node {
  const terms = losses.map((term, position) => termLoss(`losses.${position}`, term, built, batch));
  const [first, ...rest] = terms;
  if (first === undefined)
    throw new LockstepError('BAD_OPTION', 'there is no loss to train on', { where: { field: 'losses' } });
  return rest.reduce((total, term) => add(total, term), first);
}
