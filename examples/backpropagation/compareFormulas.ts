// A run whose gradients are given by formulas, not by the engine: those of an article for one copy of the parameters, those
// that are right for another. `lockstep gradcheck` then says of each whether it is the slope of the loss.
import { defineRun, fromArrays, initializers, model, type Node, ops, type Run } from '@lockstep/core';

export interface Formulas<Name extends string> {
  /** Of the mean loss, by parameter. */
  readonly article: Readonly<Record<Name, Node>>;
  readonly corrected: Readonly<Record<Name, Node>>;
}

export interface FormulaOptions<Name extends string> {
  readonly name: string;
  /** Rows of the mini-batch. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly (readonly number[])[];
  /** Their shapes. */
  readonly parameters: Readonly<Record<Name, readonly number[]>>;
  /** Where they start. Default: from -1 to 1. */
  readonly start?: { readonly low: number; readonly high: number };
  /** The loss of every row, [rows], and the formulas. */
  readonly network: (
    parameters: Readonly<Record<Name, Node>>,
    x: Node,
    y: Node,
  ) => Formulas<Name> & { readonly loss: Node };
}

/** `loss` with the gradients that are claimed of it in place of its own. */
function withGradients(loss: Node, claims: readonly { parameter: Node; gradient: Node }[]): Node {
  const products = claims.map(({ parameter, gradient }) =>
    ops.sum(ops.mul(parameter, ops.stopGradient(gradient))),
  );
  const total = products.reduce((sum, product) => ops.add(sum, product));
  // total - total is 0 and adds nothing; only the first of the two has a gradient.
  return ops.add(ops.stopGradient(loss), ops.sub(total, ops.stopGradient(total)));
}

/** A run with the parameters twice, `article.<name>` and `corrected.<name>`, from the same start. */
export function compareFormulas<Name extends string>(options: FormulaOptions<Name>): Run {
  const { name, x, y, parameters, start = { low: -1, high: 1 }, network } = options;
  const names = Object.keys(parameters) as Name[];
  return defineRun({
    name,
    data: fromArrays({ x, y, none: x.map(() => [0]) }),
    model: model({
      inputs: { x: { shape: [x[0]?.length ?? 1] }, y: { shape: [y[0]?.length ?? 1] } },
      build: (inputs, _layer, scope) => {
        const copy = (formulas: 'article' | 'corrected'): Node => {
          const variables = names.map((each) => {
            const initializer = (shape: readonly number[]): Node => initializers.uniform(start)(shape, each);
            return [
              each,
              scope.child(formulas).variable(each, { shape: parameters[each], initializer }),
            ] as const;
          });
          const { loss, [formulas]: claimed } = network(
            Object.fromEntries(variables) as Record<Name, Node>,
            inputs.x,
            inputs.y,
          );
          return withGradients(
            loss,
            variables.map(([each, parameter]) => ({ parameter, gradient: claimed[each] })),
          );
        };
        return { loss: ops.add(copy('article'), copy('corrected')) };
      },
    }),
    target: 'none',
    loss: (losses) => losses,
    epochs: 1,
    batchSize: x.length,
  });
}
