import type { ProgramTensor } from '../compile/program.ts';
import { functions } from '../nest/functions.ts';
import { type Primitive, primitives } from '../nest/primitives.ts';
import { operandsOf, rewrite, type Scalar } from '../nest/scalar.ts';
import { type Evaluate, elementAddress, type NestPoint, needsValue } from './elementAddress.ts';
import type { Precision } from './precision.ts';

/** Elements of one tensor, by offset in its layout. */
export interface Elements {
  read(offset: number): number;
  write(offset: number, value: number): void;
}

export interface BoundTensor {
  readonly tensor: ProgramTensor;
  readonly elements: Elements;
}

/** What scalars are evaluated against. */
export interface ScalarContext {
  readonly point: NestPoint;
  readonly precision: Precision;
  /** One element: the finished value of the reduction. */
  readonly reduced: Float64Array;
  tensor(id: number): BoundTensor;
}

/** An element to store to. */
export interface Target {
  readonly tensor: number;
  readonly index: readonly Scalar[];
}

/** Expressions compiled to closures that are evaluated together. */
export interface ScalarUnit {
  /** Evaluates every shared part once, for the current point. */
  run(): void;
  /** Value of each expression after `run`. */
  readonly values: readonly Evaluate[];
  /** Offset of each target after `run`. */
  readonly offsets: readonly Evaluate[];
}

type Step = () => void;

/** Operands that have to be evaluated: affine indices are part of the address. */
function evaluatedOperands(scalar: Scalar): readonly Scalar[] {
  return scalar.kind === 'load' ? scalar.index.filter(needsValue) : operandsOf(scalar);
}

/** Every distinct part, operands first, with the register that it gets. */
function assignRegisters(roots: readonly Scalar[]): ReadonlyMap<Scalar, number> {
  const registers = new Map<Scalar, number>();
  const visit = (scalar: Scalar): void => {
    if (registers.has(scalar)) return;
    for (const operand of evaluatedOperands(scalar)) visit(operand);
    registers.set(scalar, registers.size);
  };
  for (const root of roots) visit(root);
  return registers;
}

function applyStep(
  values: Float64Array,
  to: number,
  from: readonly number[],
  evaluate: Primitive['evaluate'],
  round: (x: number) => number,
): Step {
  const [a = 0, b = 0, c = 0] = from;
  const value = (register: number): number => values[register] ?? 0;
  switch (from.length) {
    case 1:
      return () => {
        values[to] = round(evaluate(value(a)));
      };
    case 2:
      return () => {
        values[to] = round(evaluate(value(a), value(b)));
      };
    case 3:
      return () => {
        values[to] = round(evaluate(value(a), value(b), value(c)));
      };
    default:
      return () => {
        values[to] = round(evaluate(...from.map(value)));
      };
  }
}

const exact = (x: number): number => x;

/**
 * Compiles expressions, and the addresses of what is stored, to closures over a file of registers.
 *
 * @throws LockstepError GRAPH_INVALID when an index can leave its tensor
 */
export function compileScalars(
  context: ScalarContext,
  roots: readonly Scalar[],
  targets: readonly Target[],
): ScalarUnit {
  const { point, precision, reduced } = context;
  const expanded = new Map<Scalar, Scalar>();
  const expand = (root: Scalar): Scalar =>
    precision.expandFunctions
      ? rewrite(
          root,
          (scalar) => (scalar.kind === 'call' ? functions[scalar.name].expand(...scalar.args) : scalar),
          expanded,
        )
      : root;
  const results = roots.map(expand);
  const stores = targets.map(({ tensor, index }) => ({ tensor, index: index.map(expand) }));

  const registers = assignRegisters([...results, ...stores.flatMap(({ index }) => index.filter(needsValue))]);
  const values = new Float64Array(registers.size);
  const registerOf = (scalar: Scalar): number => registers.get(scalar) ?? 0;
  const evaluateScalar = (scalar: Scalar): Evaluate => {
    const register = registerOf(scalar);
    return () => values[register] ?? 0;
  };
  const address = ({ tensor, index }: Target): Evaluate =>
    elementAddress(point, context.tensor(tensor).tensor, index, evaluateScalar);

  const compile = (scalar: Scalar, to: number): Step | undefined => {
    const roundTo = scalar.type === 'f32' ? precision.round : exact;
    switch (scalar.kind) {
      case 'constant':
        values[to] = roundTo(scalar.value);
        return undefined;
      case 'axis': {
        const { axis } = scalar;
        return () => {
          values[to] = point.axes[axis] ?? 0;
        };
      }
      case 'load': {
        const { elements } = context.tensor(scalar.tensor);
        const offset = address(scalar);
        return () => {
          values[to] = elements.read(offset());
        };
      }
      case 'reduced':
        return () => {
          values[to] = reduced[0] ?? 0;
        };
      case 'primitive':
        return applyStep(values, to, scalar.args.map(registerOf), primitives[scalar.name].evaluate, roundTo);
      case 'call':
        return applyStep(values, to, scalar.args.map(registerOf), functions[scalar.name].reference, roundTo);
      default:
        return scalar satisfies never;
    }
  };
  const steps = [...registers].flatMap(([scalar, to]) => compile(scalar, to) ?? []);
  return {
    run: () => {
      for (const step of steps) step();
    },
    values: results.map(evaluateScalar),
    offsets: stores.map(address),
  };
}
