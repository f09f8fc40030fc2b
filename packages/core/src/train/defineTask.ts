import { type Dataset, fieldOf } from '../data/dataset.ts';
import { LockstepError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { unknownName } from '../nameLookup.ts';
import type { Layer } from '../nn/layer.ts';
import { type Loss, type LossName, toLoss } from '../nn/losses/index.ts';
import { type Metric, type MetricName, toMetric } from '../nn/metrics/index.ts';
import { buildModel, type Model, modelOfLayer } from '../nn/model.ts';
import {
  anyNumber,
  checkOptions,
  either,
  nameOrFunction,
  type OptionRule,
  object,
  required,
} from '../options.ts';
import { batchOf } from './batch.ts';
import { checkAugmentation } from './checkAugmentation.ts';
import {
  checkIgnoredTarget,
  checkLabelsHaveOutputs,
  checkSameFields,
  checkSampleWeights,
} from './checkData.ts';
import { checkIds } from './checkIds.ts';
import { classWeightsRule, resolveClassWeights } from './classWeights.ts';
import { resolveOptimizers } from './resolveOptimizers.ts';
import type { LossOptions, MetricOptions, RunOptions } from './runOptions.ts';
import type { Comparison, LossTerm, MetricTerm, Task } from './task.ts';

const text: OptionRule = { wanted: 'a name', holds: (value) => typeof value === 'string' };

function isLayer(model: Model | Layer): model is Layer {
  return 'kind' in model;
}

/** The model, a layer's input being the field that is named or else the first one that is no target. */
function toModel(options: RunOptions, data: Dataset): Model {
  const { model, input, target } = options;
  if (!isLayer(model)) {
    if (input !== undefined)
      throw new LockstepError('BAD_OPTION', 'the inputs of this model have names of their own', {
        where: { field: 'run.input' },
        hint: 'Leave it out: inputs take the fields that they are named like.',
      });
    return model;
  }
  const name =
    input ?? Object.keys(data.fields).find((field) => field !== target && !isWeight(options, field));
  if (name === undefined)
    throw new LockstepError('BAD_OPTION', 'the data has no field for the model to take', {
      where: { field: 'run.input' },
      got: Object.keys(data.fields).join(', '),
    });
  if (!Object.hasOwn(data.fields, name))
    throw unknownName('field', name, Object.keys(data.fields), { field: 'run.input' });
  return modelOfLayer(model, name, { shape: fieldOf(data, name).shape });
}

/** Whether a field says how much rows count, and so is neither looked at nor compared with. */
function isWeight({ sampleWeight, loss }: RunOptions, field: string): boolean {
  const terms = typeof loss === 'object' ? loss : [];
  return field === sampleWeight || terms.some((term) => term.sampleWeight === field);
}

/** Fills in the output and the target of losses and metrics that don't say. */
class Comparisons {
  readonly #outputs: Readonly<Record<string, Node>>;
  readonly #fields: readonly string[];
  readonly #target: string | undefined;
  readonly #ignoreTarget: number | undefined;

  constructor(model: Model, outputs: Readonly<Record<string, Node>>, data: Dataset, options: RunOptions) {
    this.#outputs = outputs;
    this.#fields = Object.keys(data.fields);
    const others = this.#fields.filter(
      (field) => !Object.hasOwn(model.inputs, field) && !isWeight(options, field),
    );
    this.#target = options.target ?? (others.length === 1 ? others[0] : undefined);
    this.#ignoreTarget = options.ignoreTarget;
  }

  resolve(place: string, given: Partial<Comparison>): Comparison {
    const { output, target, ignoreTarget = this.#ignoreTarget } = given;
    return {
      ...(ignoreTarget === undefined ? {} : { ignoreTarget }),
      output: this.#choose('output of the model', Object.keys(this.#outputs), output, `${place}.output`),
      target: this.#choose('field', this.#fields, target ?? this.#target, `${place}.target`),
    };
  }

  outputNode(name: string): Node | undefined {
    return this.#outputs[name];
  }

  #choose(what: string, names: readonly string[], wanted: string | undefined, field: string): string {
    const [only, another] = names;
    if (wanted === undefined && only !== undefined && another === undefined) return only;
    if (wanted === undefined)
      throw new LockstepError('BAD_OPTION', `it is not clear which ${what} is meant`, {
        where: { field },
        wanted: `one of ${names.join(', ')}`,
      });
    if (!names.includes(wanted)) throw unknownName(what, wanted, names, { field });
    return wanted;
  }
}

function toLossTerms(run: RunOptions, comparisons: Comparisons, train: Dataset): LossTerm[] {
  const { loss } = run;
  const single = (value: RunOptions['loss']): value is LossName | Loss => !Array.isArray(value);
  const terms = single(loss) ? [{ loss }] : loss;
  return terms.map((options, position) => {
    const place = single(loss) ? 'run.loss' : `run.loss.${position}`;
    checkOptions<LossOptions>(place, options, {
      loss: required(nameOrFunction),
      output: text,
      target: text,
      weight: anyNumber,
      sampleWeight: text,
      classWeights: classWeightsRule,
      ignoreTarget: anyNumber,
    });
    const { weight, sampleWeight = run.sampleWeight, classWeights = run.classWeights } = options;
    const comparison = comparisons.resolve(place, options);
    const output = comparisons.outputNode(comparison.output);
    return {
      loss: toLoss(options.loss, place),
      ...comparison,
      ...(weight === undefined ? {} : { weight }),
      ...(sampleWeight === undefined ? {} : { sampleWeight }),
      ...(classWeights === undefined || output === undefined
        ? {}
        : { classWeights: resolveClassWeights(place, classWeights, comparison, output, train) }),
    };
  });
}

function toMetricTerms(metrics: RunOptions['metrics'], comparisons: Comparisons): Record<string, MetricTerm> {
  const isList = (value: NonNullable<RunOptions['metrics']>): value is readonly MetricName[] =>
    Array.isArray(value);
  const isOptions = (value: MetricName | Metric | MetricOptions): value is MetricOptions =>
    typeof value === 'object' && !('finish' in value);
  const given = metrics ?? {};
  const named: [string, MetricName | Metric | MetricOptions][] = isList(given)
    ? given.map((name) => [name, name])
    : Object.entries(given);
  return Object.fromEntries(
    named.map(([name, choice]) => {
      const place = `run.metrics.${name}`;
      const options = isOptions(choice) ? choice : { metric: choice };
      checkOptions<MetricOptions>(place, options, {
        metric: required(either(nameOrFunction, object('an object with contributions and finish'))),
        output: text,
        target: text,
        ignoreTarget: anyNumber,
      });
      return [name, { metric: toMetric(options.metric, place), ...comparisons.resolve(place, options) }];
    }),
  );
}

/** Throws unless a loss takes this output and this target. */
function checkLoss(place: string, loss: Loss, output: Node, target: Node): void {
  try {
    loss(output, target);
  } catch (error) {
    if (!(error instanceof LockstepError) || error.where.field !== undefined) throw error;
    const { code, what, where, got, wanted, hint } = error;
    throw new LockstepError(code, what, {
      where: { ...where, field: place },
      ...(got !== undefined && { got: `${got} for a mini-batch of one row` }),
      ...(wanted !== undefined && { wanted }),
      hint: hint ?? 'The last layer makes the output; targets are as the data has them.',
      cause: error,
    });
  }
}

/**
 * What a run file asks to be learnt: names looked up, defaults filled in, model and data checked against each other.
 *
 * @throws LockstepError as `defineRun`
 */
export function defineTask(options: RunOptions, train: Dataset, validation: Dataset | undefined): Task {
  const model = toModel(options, train);
  const batch = batchOf(train, 1, 'data');
  const inputs = Object.entries(model.inputs).map(([name, type]) => {
    if (!Object.hasOwn(train.fields, name))
      throw unknownName('field', name, Object.keys(train.fields), { field: `model.inputs.${name}` });
    return [name, batch.input(name, type)] as const;
  });
  const { outputs, variables } = buildModel(model, Object.fromEntries(inputs), { training: false });
  const parameters = [...variables.values()].filter(({ attributes }) => attributes.role === 'parameter');
  const comparisons = new Comparisons(model, outputs, train, options);
  const losses = toLossTerms(options, comparisons, train);
  const metrics = toMetricTerms(options.metrics, comparisons);
  for (const [position, { loss, output, target }] of losses.entries()) {
    const node = comparisons.outputNode(output);
    const place = typeof options.loss === 'object' ? `run.loss.${position}` : 'run.loss';
    if (node) checkLoss(place, loss, node, batch.target(target));
  }
  const compared: Comparison[] = [...losses, ...Object.values(metrics)];
  const weights = losses.flatMap(({ sampleWeight }) => sampleWeight ?? []);
  const used = [...Object.keys(model.inputs), ...compared.map(({ target }) => target), ...weights];
  if (validation !== undefined) checkSameFields(train, validation, new Set(used));
  for (const data of validation === undefined ? [train] : [train, validation]) {
    for (const comparison of compared) checkIgnoredTarget(comparison, data);
    for (const comparison of compared)
      checkLabelsHaveOutputs(comparison, comparisons.outputNode(comparison.output), data);
    checkIds(Object.values(outputs), data, 'data');
    for (const field of weights) checkSampleWeights(field, data);
  }
  if (options.augment !== undefined) checkAugmentation(model, train, options.augment);
  return {
    model,
    losses,
    metrics,
    ...resolveOptimizers(
      options,
      parameters.map(({ attributes }) => attributes.path),
    ),
    ...(options.augment === undefined ? {} : { augment: options.augment }),
    ...(options.l2 === undefined ? {} : { l2: options.l2 }),
    ...(options.clipNorm === undefined ? {} : { clipping: { globalNorm: options.clipNorm } }),
  };
}
