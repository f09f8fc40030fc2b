import type { RolldownOptions } from 'rolldown';

/**
 * How the JavaScript that a package publishes is made: one file for each entry, and one for what entries share. Two
 * hundred small files take four times as long to import. Types are tsc's.
 *
 * @param entries - name in `dist`, without its ending, and source. All files lie flat in `dist`, so that a thread's or a
 * process's entry is beside the code that starts it wherever that code ends up
 */
export function packageBundle(entries: Readonly<Record<string, string>>): RolldownOptions {
  return {
    input: { ...entries },
    // Other packages and Node.js stay imports; sources import each other by relative paths.
    external: (id, _importer, isResolved) => !isResolved && !id.startsWith('.'),
    // What core says must run in a browser too, so nothing may be added that needs Node.js.
    platform: 'neutral',
    output: {
      dir: 'dist',
      cleanDir: true,
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
    },
  };
}
