import type { FitResult, StepEvent, VariableValue } from '@lockstep/core';

type Ended = Pick<FitResult, 'history' | 'variables'>;

const words = new DataView(new ArrayBuffer(4));

function bitsOfFloat(value: number): string {
  words.setFloat32(0, value);
  return `0x${words.getUint32(0).toString(16).padStart(8, '0')}`;
}

const numberAndBits = (value: number): string => `${value} (${bitsOfFloat(value)})`;

/** What differs between two values of a variable: how many elements, and the first. */
function elementsThatDiffer(got: VariableValue, wanted: VariableValue | undefined): string | undefined {
  if (wanted === undefined) return `${got.path} is not in the undisturbed run`;
  const at = Array.from(got.values.keys()).filter(
    (index) => !Object.is(got.values[index], wanted.values[index]),
  );
  const [first] = at;
  if (first === undefined) return undefined;
  const [is, was] = [got, wanted].map(({ values }) => numberAndBits(values[first] ?? Number.NaN));
  const last = at.at(-1);
  return `${got.role} ${got.path} [${got.shape.join(', ')}]: ${at.length} of ${got.values.length} elements, from ${first} to ${last}; the first is ${is} instead of ${was}`;
}

/** The first epoch whose event differs, with what differs in it. */
function epochThatDiffers(got: Ended, wanted: Ended): string | undefined {
  for (const [at, { samplesPerSecond: _, ...event }] of got.history.entries()) {
    const other: object = wanted.history[at] ?? {};
    const fields = Object.entries(event).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(other, name)),
    );
    if (fields.length > 0)
      return `epoch ${at + 1}: ${fields.map(([name, value]) => `${name} ${JSON.stringify(value)} instead of ${JSON.stringify(Reflect.get(other, name))}`).join(', ')}`;
  }
  return got.history.length === wanted.history.length
    ? undefined
    : `${got.history.length} epochs instead of ${wanted.history.length}`;
}

/**
 * What differs between a run and the same run undisturbed, for people who look for the reason: which variables and
 * where, the first epoch that is told otherwise, and the first step, of those that were told of at all.
 *
 * @param steps - events of the run
 * @param losses - of every training step of the undisturbed run
 */
export function describeDifference(
  got: Ended & { readonly steps: readonly StepEvent[] },
  wanted: Ended & { readonly losses: readonly number[] },
): readonly string[] {
  const variables = [...got.variables.values()].flatMap((value) => {
    const difference = elementsThatDiffer(value, wanted.variables.get(value.path));
    return difference === undefined ? [] : [difference];
  });
  const step = got.steps.find(({ step: number, loss }) => !Object.is(loss, wanted.losses[number - 1]));
  return [
    ...(variables.length > 0 ? variables : ['variables are the same, bit for bit']),
    epochThatDiffers(got, wanted) ?? 'epochs are the same',
    step === undefined
      ? `the losses of all ${got.steps.length} steps that were told of are the same`
      : `of ${got.steps.length} steps that were told of the first that differs is step ${step.step}: loss ${step.loss} instead of ${wanted.losses[step.step - 1]}`,
  ];
}
