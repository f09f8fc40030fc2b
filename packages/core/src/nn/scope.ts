import { LockstepError } from '../errors.ts';
import { type VariableAttributes, type VariableRole, variable } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { Initializer } from './initializers/initializer.ts';
import type { Layer } from './layer.ts';

export interface VariableOptions {
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Default `parameter`. */
  readonly role?: Exclude<VariableRole, 'average' | 'accumulator'>;
  /** Default: true for parameters. */
  readonly trainable?: boolean;
  /** A scalar that is added to the loss, once however often the variable is used. */
  readonly penalty?: (variable: Node) => Node;
}

/** A place in a model: what a layer builds with. Names are joined by dots: `layers.0.weight`. */
export interface Scope {
  /** Empty at the root. Randomness of the layer is keyed by it. */
  readonly path: string;
  /** False for evaluation and prediction: dropout is off. */
  readonly training: boolean;
  /** @throws LockstepError BAD_OPTION for a name with other characters than letters, digits, `_` and `-` */
  child(name: string): Scope;
  /**
   * The layer at a path inside this scope, as a function. Binding the same layer object to the path again shares its
   * weights, and so does calling the function twice.
   *
   * @throws LockstepError DUPLICATE_NAME when another layer object has the path
   */
  layer(name: string, layer: Layer): (x: Node) => Node;
  /**
   * The variable `path.name`; the same node whenever it is asked for again.
   *
   * @throws LockstepError SHAPE_MISMATCH when it was made with another shape
   */
  variable(name: string, options: VariableOptions): Node<VariableAttributes>;
  /**
   * Sets a statistic at the end of every training step; nothing when the model is built for something else. A layer that is
   * used twice updates what its first use has made of the statistic.
   *
   * @param next - the new value from the one before, of the same shape
   */
  update(statistic: Node<VariableAttributes>, next: (before: Node) => Node): void;
  /** Adds a scalar to the training loss. */
  addPenalty(penalty: Node): void;
  /** The same place, where no variable is trained, neither here nor in the layers inside. */
  freeze(): Scope;
}

/** How a model is built. */
export interface ScopeOptions {
  readonly training: boolean;
  /** Whether the variable with a path is not to be trained. Default: what its layer says. */
  isFrozen?(path: string): boolean;
  /** What layers get in place of a variable, with its shape. Default: the variable. */
  standIn?(variable: Node<VariableAttributes>): Node<VariableAttributes>;
}

/** One call of a layer. */
export interface LayerUse {
  readonly path: string;
  readonly input: Node;
  readonly output: Node;
  /** Calls that had begun before it. */
  readonly begun: number;
}

/** What building a model leaves behind. */
export interface Collected {
  readonly scope: Scope;
  /** By path. */
  readonly layers: ReadonlyMap<string, Layer>;
  /** In the order in which calls have ended: those of layers inside another come before its own. */
  readonly uses: readonly LayerUse[];
  /** In the order they were asked for. */
  readonly variables: ReadonlyMap<string, Node<VariableAttributes>>;
  readonly penalties: readonly Node[];
  /** New values of statistics, by the variable. */
  readonly updates: ReadonlyMap<Node<VariableAttributes>, Node>;
}

/** The root scope of a model that is built once; different graphs of a run build the model anew. */
export function createScope(options: ScopeOptions): Collected {
  const { training, isFrozen, standIn } = options;
  const variables = new Map<string, Node<VariableAttributes>>();
  const layers = new Map<string, Layer>();
  const uses: LayerUse[] = [];
  let callsBegun = 0;
  const penalties: Node[] = [];
  const updates = new Map<Node<VariableAttributes>, Node>();
  const addPenalty = (penalty: Node): void => {
    penalties.push(penalty);
  };

  function variableAt(path: string, wanted: VariableOptions, isFixed: boolean): Node<VariableAttributes> {
    const existing = variables.get(path);
    if (existing !== undefined) {
      if (String(existing.shape) !== String(wanted.shape))
        throw new LockstepError('SHAPE_MISMATCH', `the variable "${path}" was made with another shape`, {
          got: `[${wanted.shape.join(', ')}]`,
          wanted: `[${existing.shape.join(', ')}]`,
          hint: 'a layer that is used twice shares its weights, so its inputs need the same width',
        });
      return existing;
    }
    const { role = 'parameter', penalty } = wanted;
    const trainable = (wanted.trainable ?? role === 'parameter') && !isFixed && isFrozen?.(path) !== true;
    const own = variable(path, wanted.initializer(wanted.shape, path), { role, trainable });
    const made = standIn?.(own) ?? own;
    variables.set(path, made);
    if (penalty !== undefined) addPenalty(penalty(made));
    return made;
  }

  function update(statistic: Node<VariableAttributes>, next: (before: Node) => Node): void {
    if (training) updates.set(statistic, next(updates.get(statistic) ?? statistic));
  }

  function bind(path: string, layer: Layer, scope: Scope): (x: Node) => Node {
    const existing = layers.get(path);
    if (existing !== undefined && existing !== layer)
      throw new LockstepError('DUPLICATE_NAME', `two layers have the path "${path}"`, {
        got: `a ${layer.kind} layer`,
        wanted: `the ${existing.kind} layer that has it`,
        hint: 'give it another name, or make the layer once and use it twice to share its weights',
      });
    layers.set(path, layer);
    return (input) => {
      const begun = callsBegun;
      callsBegun += 1;
      const output = layer.build(input, scope);
      uses.push({ path, input, output, begun });
      return output;
    };
  }

  function scopeAt(path: string, isFixed: boolean): Scope {
    const join = (name: string): string => {
      if (!/^[\w-]+$/.test(name))
        throw new LockstepError('BAD_OPTION', 'a name in a model has a character that it may not have', {
          got: `"${name}"`,
          wanted: 'letters, digits, _ and -',
        });
      return path === '' ? name : `${path}.${name}`;
    };
    return {
      path,
      training,
      child: (name) => scopeAt(join(name), isFixed),
      layer: (name, layer) => bind(join(name), layer, scopeAt(join(name), isFixed)),
      variable: (name, wanted) => variableAt(join(name), wanted, isFixed),
      update,
      addPenalty,
      freeze: () => scopeAt(path, true),
    };
  }

  return { scope: scopeAt('', false), layers, uses, variables, penalties, updates };
}
