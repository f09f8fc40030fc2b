import { LockstepError } from '../errors.ts';
import type { Attributes, Node, Op, Sample } from '../graph/node.ts';
import { apply } from '../graph/node.ts';
import type { Scalar } from '../nest/scalar.ts';
import type { DType } from '../tensor/dtype.ts';
import { dtypeBytes } from '../tensor/dtype.ts';
import type { TensorType } from '../tensor/tensorType.ts';
import { elementwise } from './elementwise.ts';
import { allOps } from './registry.ts';

interface DefinitionBase<A extends Attributes> {
  /** What the op is called in messages and listings: letters, digits, `.`, `_`, `-`, and not the name of an op that ships. */
  readonly name: string;
  /** How many inputs it takes. */
  readonly arity: number;
  /**
   * Vector-Jacobian product as ordinary graph (see `Op.gradient`): one entry for each input, `undefined` where no gradient
   * flows. Without it `grad` refuses to pass the op.
   */
  readonly gradient?: (node: Node<A>, upstream: Node) => readonly (Node | undefined)[];
  /** Cases for the conformance suite. */
  readonly samples?: readonly Sample<A>[];
}

/** An op of one to three operands, element by element with broadcasting: the engine does the rest. */
export interface ElementwiseDefinition<A extends Attributes> extends DefinitionBase<A> {
  /** The result's element from the inputs' elements. Elements that the op has no input for repeat the first. */
  readonly elementwise: (elements: readonly [Scalar, Scalar, Scalar], attributes: A) => Scalar;
  /** Element types that the inputs may have, all of them the same (default float32). */
  readonly inputs?: readonly DType[];
  /** Element type of the result; `same` (default): that of the inputs. */
  readonly result?: DType | 'same';
}

/** Any other op: its shape rule and its loop nests. */
export interface NestDefinition<A extends Attributes> extends DefinitionBase<A> {
  readonly infer: Op<A>['infer'];
  readonly lower: NonNullable<Op<A>['lower']>;
}

export type OpDefinition<A extends Attributes> = ElementwiseDefinition<A> | NestDefinition<A>;

/** Applies an op that was defined, with the op itself for the conformance suite. */
export interface OpFunction<A extends Attributes> {
  (inputs: readonly Node[], attributes: A): Node;
  readonly op: Op<A>;
}

const legalName = /^[A-Za-z][\w.-]*$/;

function invalid(name: string, field: string, got: string, wanted: string): LockstepError {
  return new LockstepError('GRAPH_INVALID', 'the definition of an op is not legal', {
    where: { op: name, field },
    got,
    wanted,
  });
}

function checkDefinition<A extends Attributes>(definition: OpDefinition<A>): void {
  const { name, arity } = definition;
  if (!legalName.test(name))
    throw invalid(name, 'name', JSON.stringify(name), 'a letter, then letters, digits, ".", "_" or "-"');
  if (allOps.some((op) => op.name === name))
    throw new LockstepError('DUPLICATE_NAME', 'an op of this name ships with lockstep', {
      where: { op: name },
      hint: 'put a prefix in front, such as "my.swish"',
    });
  const most = 'elementwise' in definition ? 3 : Infinity;
  if (!Number.isInteger(arity) || arity < ('elementwise' in definition ? 1 : 0) || arity > most)
    throw invalid(
      name,
      'arity',
      `${arity}`,
      'elementwise' in definition ? '1, 2 or 3' : 'an integer, at least 0',
    );
}

function checkedType(name: string, type: TensorType): TensorType {
  const { shape, dtype, batchAxis } = type;
  if (shape.some((size) => !Number.isInteger(size) || size < 1))
    throw invalid(name, 'infer', `shape [${shape.join(', ')}]`, 'positive integers');
  if (!Object.hasOwn(dtypeBytes, dtype))
    throw invalid(name, 'infer', `dtype ${dtype}`, Object.keys(dtypeBytes).join(', '));
  if (batchAxis !== undefined && shape[batchAxis] === undefined)
    throw invalid(name, 'infer', `batchAxis ${batchAxis}`, `an axis of [${shape.join(', ')}]`);
  return type;
}

/**
 * Defines an op of one's own. It compiles to the same kind of kernel as those that ship, for any number of workers.
 *
 * ```ts
 * const swish = defineOp<{ beta: number }>({
 *   name: 'my.swish',
 *   arity: 1,
 *   elementwise: ([x], { beta }) => scalar.mul(x, scalar.call('sigmoid', scalar.mul(x, scalar.f32(beta)))),
 *   gradient: ({ inputs: [x], attributes: { beta } }, upstream) => {
 *     if (!x) return [];
 *     const s = sigmoid(mul(x, beta));
 *     return [mul(upstream, add(s, mul(mul(mul(x, beta), s), sub(1, s))))];
 *   },
 *   samples: [{ attributes: { beta: 1.5 }, inputs: [{ shape: [5, 7], dtype: 'float32', batchAxis: 0 }] }],
 * });
 * const y = swish([x], { beta: 1 });
 * ```
 *
 * @typeParam A - the op's attributes: plain data
 * @returns a function that applies the op; it throws SHAPE_MISMATCH for a wrong number of inputs and whatever the shape rule
 *   throws
 * @throws LockstepError GRAPH_INVALID when the definition is not legal, DUPLICATE_NAME when an op of that name ships
 */
export function defineOp<A extends Attributes>(definition: OpDefinition<A>): OpFunction<A> {
  checkDefinition(definition);
  const { name, arity, gradient, samples } = definition;
  const { infer, lower } =
    'elementwise' in definition
      ? elementwise<A>(
          name,
          { inputs: definition.inputs ?? ['float32'], result: definition.result ?? 'same' },
          definition.elementwise,
        )
      : definition;
  const op: Op<A> = {
    name,
    infer: (inputs, attributes) => {
      if (inputs.length !== arity)
        throw new LockstepError('SHAPE_MISMATCH', 'the op takes another number of inputs', {
          where: { op: name },
          got: `${inputs.length}`,
          wanted: `${arity}`,
        });
      return checkedType(name, infer(inputs, attributes));
    },
    lower,
    ...(gradient && { gradient }),
    ...(samples && { samples: () => samples }),
  };
  return Object.assign((inputs: readonly Node[], attributes: A): Node => apply(op, inputs, attributes), {
    op,
  });
}
