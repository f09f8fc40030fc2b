/** One or several patterns of paths; a path has to match one of them. */
export type PathPattern = string | readonly string[];

/** The expression for a pattern: `*` is any name or a part of one, `**` any names, dots and all. */
function expressionOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^.]*' : part.replaceAll(/[^\w-]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

/** The patterns one by one. */
export function patternsOf(pattern: PathPattern): readonly string[] {
  return typeof pattern === 'string' ? [pattern] : pattern;
}

/** Whether a path such as `layers.0.weight` matches: `layers.*.weight` and `**.weight` do, `*.weight` does not. */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  return patternsOf(pattern).some((one) => expressionOf(one).test(path));
}
