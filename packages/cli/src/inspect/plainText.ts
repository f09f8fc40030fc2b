import type { Json, RunDescription } from '@lockstep/core/io';

/** Whether a value has named fields. */
export function isObject(value: Json | undefined): value is RunDescription {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Elements of a list that are shown before the rest is only counted. */
const mostShown = 8;

/** Plain data on one line: `adam (beta1 0.9, beta2 0.999)`, `[64, 3]`. What is called something comes with its name first. */
export function inline(value: Json | undefined): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value !== 'object') return String(value);
  if (isList(value)) {
    if (value.length === 0) return '[]';
    const shown = value.slice(0, mostShown).map(inline);
    const text = [...shown, ...(value.length > mostShown ? [`... ${value.length} in all`] : [])].join(', ');
    return value.some((each) => typeof each === 'number') ? `[${text}]` : text;
  }
  const { name, loss, ...rest } = value;
  const title = name ?? loss;
  const entries = Object.entries(rest).map(([key, each]) => `${key} ${inline(each)}`);
  if (title === undefined) return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  return entries.length === 0 ? inline(title) : `${inline(title)} (${entries.join(', ')})`;
}
