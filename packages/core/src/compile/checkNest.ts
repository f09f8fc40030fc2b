import { LockstepError } from '../errors.ts';
import type { Nest } from '../nest/nest.ts';
import { primitives } from '../nest/primitives.ts';
import { type Scalar, type ScalarType, scalarTypeOf, walk } from '../nest/scalar.ts';
import type { ProgramTensor } from './program.ts';

/** What one part of a nest may name. */
interface Scope {
  readonly axes: readonly number[];
  readonly reduced: boolean;
}

/** Throws unless the operands of a primitive have the types its row of the table asks for. */
function checkPrimitive(
  scalar: Scalar & { readonly kind: 'primitive' },
  illegal: (what: string) => LockstepError,
): void {
  const wanted = primitives[scalar.name].args;
  if (wanted.length !== scalar.args.length)
    throw illegal(`${scalar.name} has ${scalar.args.length} operands instead of ${wanted.length}`);
  const same = scalar.args[1]?.type;
  for (const [at, argument] of scalar.args.entries()) {
    const type = wanted[at] === 'same' ? same : wanted[at];
    if (argument.type !== type)
      throw illegal(`operand ${at} of ${scalar.name} is ${argument.type} instead of ${type}`);
  }
}

/**
 * Throws unless a nest that an op made keeps the rules of the IR: tensors exist, every tensor axis has an i32 index, operand and
 * stored types fit, nothing depends on an axis that is not there or on a reduction that is not finished, and a sum
 * by the `batch` rule runs over whole rows of the mini-batch.
 *
 * @throws LockstepError GRAPH_INVALID naming the nest
 */
export function checkNest(nest: Nest, tensors: readonly ProgramTensor[], batchSize: number): void {
  const illegal = (what: string): LockstepError =>
    new LockstepError('GRAPH_INVALID', `the op's loop nest is not legal: ${what}`, {
      where: { op: nest.name },
    });
  const checkIndex = (tensor: number, index: readonly Scalar[]): ProgramTensor => {
    const found = tensors[tensor];
    if (found === undefined) throw illegal(`there is no tensor ${tensor}`);
    if (index.length !== found.shape.length)
      throw illegal(`${found.name} has ${found.shape.length} axes but ${index.length} indices`);
    if (index.some(({ type }) => type !== 'i32'))
      throw illegal(`an index of ${found.name} is not an integer`);
    return found;
  };
  const check = (roots: readonly Scalar[], scope: Scope): void =>
    walk(roots, (scalar) => {
      if (scalar.kind === 'axis' && !scope.axes.includes(scalar.axis))
        throw illegal(`axis ${scalar.axis} is used where it has no value`);
      if (scalar.kind === 'reduced' && !scope.reduced)
        throw illegal('the reduction is used before it is finished');
      if (scalar.kind === 'primitive') checkPrimitive(scalar, illegal);
      if (scalar.kind === 'load') {
        const { dtype, name } = checkIndex(scalar.tensor, scalar.index);
        if (scalar.type !== scalarTypeOf[dtype])
          throw illegal(`${name} is loaded as ${scalar.type} but is ${dtype}`);
      }
    });
  const requireType = (scalar: Scalar, type: ScalarType, what: string): void => {
    if (scalar.type !== type) throw illegal(`${what} is ${scalar.type} instead of ${type}`);
  };

  const all = nest.axes.map((_, axis) => axis);
  const { reduction } = nest;
  if (reduction) {
    const over = nest.axes[reduction.axis];
    if (over === undefined) throw illegal(`there is no axis ${reduction.axis} to reduce`);
    if (
      reduction.kind === 'sum' &&
      reduction.rule === 'batch' &&
      (batchSize < 1 || over.size % batchSize !== 0)
    )
      throw illegal(
        `a sum over the batch has ${over.size} terms, which is no multiple of the batch size ${batchSize}`,
      );
    requireType(reduction.term, 'f32', 'the term');
    check([reduction.term], { axes: all, reduced: false });
    if (reduction.guard) {
      requireType(reduction.guard, 'mask', 'the guard');
      check([reduction.guard], { axes: all, reduced: false });
    }
    if (reduction.chain) {
      const { start, next } = reduction.chain;
      if (reduction.kind !== 'sum' || reduction.rule === 'row' || reduction.guard)
        throw illegal('only a sum by the rule ordered or batch, without a guard, can follow a chain');
      for (const index of [start, next]) requireType(index, 'i32', 'an index of the chain');
      check([start], { axes: all.filter((axis) => axis !== reduction.axis), reduced: false });
      check([next], { axes: all, reduced: false });
    }
  }
  if (
    reduction?.scan &&
    (reduction.kind !== 'sum' || reduction.rule !== 'ordered' || reduction.guard || reduction.chain)
  )
    throw illegal('only a sum by the rule ordered, without guard and chain, can be stored at every term');
  const finished = all.filter((axis) => axis !== reduction?.axis || reduction.scan === true);
  const scope = { axes: finished, reduced: reduction !== undefined };
  for (const store of nest.stores) {
    const { dtype, name } = checkIndex(store.tensor, store.index);
    requireType(store.value, scalarTypeOf[dtype], `what is stored to ${name}`);
    check([...store.index, store.value], scope);
    if (store.guard) {
      requireType(store.guard, 'mask', `the guard of what is stored to ${name}`);
      check([store.guard], { ...scope, reduced: false });
    }
  }
}
