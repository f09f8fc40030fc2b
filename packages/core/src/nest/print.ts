import type { Nest } from './nest.ts';
import { operandsOf, type Scalar } from './scalar.ts';

/** Infix forms; every other primitive is printed as a call. */
const infix: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  equal: '==',
  notEqual: '!=',
  less: '<',
  lessEqual: '<=',
  greater: '>',
  greaterEqual: '>=',
  intAdd: '+',
  intSub: '-',
  intMul: '*',
  intEqual: '==',
  intLess: '<',
};

/** Axes are called i, j, k, ... from the outermost one. */
const axisName = (axis: number): string => 'ijklmnop'[axis] ?? `axis${axis}`;

function countUses(roots: readonly Scalar[]): ReadonlyMap<Scalar, number> {
  const uses = new Map<Scalar, number>();
  const visit = (scalar: Scalar): void => {
    const before = uses.get(scalar) ?? 0;
    uses.set(scalar, before + 1);
    if (before === 0) for (const operand of operandsOf(scalar)) visit(operand);
  };
  for (const root of roots) visit(root);
  return uses;
}

/** Prints expressions; what is used several times becomes a line `t0 = ...` of its own. */
class ExpressionPrinter {
  readonly #tensorName: (id: number) => string;
  readonly #uses: ReadonlyMap<Scalar, number>;
  readonly #named = new Map<Scalar, string>();
  readonly #lines: string[] = [];

  constructor(roots: readonly Scalar[], tensorName: (id: number) => string) {
    this.#uses = countUses(roots);
    this.#tensorName = tensorName;
  }

  /** Lines that what was printed since the last call needs before it. */
  takeLines(): string[] {
    return this.#lines.splice(0);
  }

  print(scalar: Scalar): string {
    const known = this.#named.get(scalar);
    if (known !== undefined) return known;
    const text = this.#whole(scalar);
    if ((this.#uses.get(scalar) ?? 0) < 2 || operandsOf(scalar).length === 0) return text;
    const name = `t${this.#named.size}`;
    this.#named.set(scalar, name);
    this.#lines.push(`${name} = ${text}`);
    return name;
  }

  element(tensor: number, index: readonly Scalar[]): string {
    return `${this.#tensorName(tensor)}[${index.map((entry) => this.print(entry)).join(', ')}]`;
  }

  #whole(scalar: Scalar): string {
    switch (scalar.kind) {
      case 'constant':
        return Object.is(scalar.value, -0) ? '-0' : String(scalar.value);
      case 'axis':
        return axisName(scalar.axis);
      case 'load':
        return this.element(scalar.tensor, scalar.index);
      case 'reduced':
        return 'reduced';
      case 'primitive': {
        const args = scalar.args.map((argument) => this.print(argument));
        const operator = infix[scalar.name];
        return operator === undefined
          ? `${scalar.name}(${args.join(', ')})`
          : `(${args.join(` ${operator} `)})`;
      }
      case 'call':
        return `${scalar.name}(${scalar.args.map((argument) => this.print(argument)).join(', ')})`;
      default:
        return scalar satisfies never;
    }
  }
}

/**
 * A loop nest as pseudo-code:
 *
 * ```
 * matmul: for i < 32 batch, j < 10
 *   reduced = sum ordered over k < 64 of (x[i, k] * weight[k, j])
 *   matmul.4[i, j] = reduced
 * ```
 */
export function printNest(nest: Nest, tensorName: (id: number) => string): string {
  const { axes, reduction, stores } = nest;
  const roots = [
    ...(reduction ? [reduction.term] : []),
    ...(reduction?.guard ? [reduction.guard] : []),
    ...(reduction?.chain ? [reduction.chain.start, reduction.chain.next] : []),
    ...stores.flatMap(({ index, value, guard }) => [...index, value, ...(guard ? [guard] : [])]),
  ];
  const printer = new ExpressionPrinter(roots, tensorName);
  const loops = axes.map(({ size, batch }, axis) => `${axisName(axis)} < ${size}${batch ? ' batch' : ''}`);
  const parallel = loops.filter((_, axis) => axis !== reduction?.axis);
  const lines = [`${nest.name}:${parallel.length === 0 ? '' : ` for ${parallel.join(', ')}`}`];
  if (reduction) {
    const { kind, rule, axis, term, guard, chain, scan } = reduction;
    const how = scan ? `running sum ${rule}` : kind === 'sum' ? `sum ${rule}` : kind;
    const value = printer.print(term);
    const condition = guard ? ` if ${printer.print(guard)}` : '';
    const along = chain ? ` along ${printer.print(chain.start)}, then ${printer.print(chain.next)}` : '';
    const shared = printer.takeLines();
    lines.push(`  reduced = ${how} over ${loops[axis]} of ${value}${condition}${along}`);
    lines.push(...shared.map((line) => `    with ${line}`));
  }
  for (const { tensor, index, value, guard } of stores) {
    const condition = guard ? ` if ${printer.print(guard)}` : '';
    const line = `  ${printer.element(tensor, index)} = ${printer.print(value)}${condition}`;
    lines.push(...printer.takeLines().map((shared) => `  ${shared}`), line);
  }
  return lines.join('\n');
}
