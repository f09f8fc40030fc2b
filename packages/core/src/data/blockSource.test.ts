import { describe, expect, it } from 'vitest';
import { BlockReader, type StreamSchema } from './blockSource.ts';
import { patternColumns, patternX } from './testing/patternRows.ts';

const schema: StreamSchema = {
  module: new URL('./testing/patternRows.ts', import.meta.url).href,
  options: { rows: 50 },
  endRow: 50,
  fields: { x: { shape: [patternColumns], dtype: 'float32' }, y: { shape: [], dtype: 'uint8', classes: 3 } },
};

/** A module of its own that gives one row of these numbers. */
const giving = (values: string): StreamSchema => ({
  ...schema,
  module: `data:text/javascript,export const open = () => ({ readBlock: (start, count, { x }) => x.set(${values}) });`,
});

const read = async (of: StreamSchema, length: number): Promise<unknown> =>
  await new BlockReader(of)
    .read({ block: 3, start: 7, count: 1 }, { x: new Float32Array(length) })
    .then(() => 'fine')
    .catch(({ code, what, got }) => [code, what, got]);

describe('a reader of blocks', () => {
  it('reads the rows that it is asked for', async () => {
    const x = new Float32Array(2 * patternColumns);
    await new BlockReader(schema).read({ block: 1, start: 20, count: 2 }, { x, y: new Uint8Array(2) });
    expect(x[patternColumns + 3]).toBe(Math.fround(patternX(21, 3)));
  });

  it.each(['NaN', 'Infinity', '-Infinity'])(
    'finds %s anywhere, in an odd or even number of values',
    async (bad) => {
      for (const [at, length] of [
        [0, 5],
        [3, 5],
        [4, 5],
        [1, 2],
      ] as const) {
        const values = Array.from({ length }, (_, position) => (position === at ? bad : '-3.4028234e38'));
        expect(await read(giving(`[${values.join()}]`), length)).toMatchObject(['NON_FINITE_DATA', /./, bad]);
      }
      expect(await read(giving('[3.4028234e38,-3.4028234e38,0,-0,1e-45]'), 5)).toBe('fine');
    },
  );

  it('finds labels that there is no class for', async () => {
    const few = {
      ...schema,
      fields: { ...schema.fields, y: { shape: [], dtype: 'uint8', classes: 2 } },
    } as const;
    const into = { x: new Float32Array(5 * patternColumns), y: new Uint8Array(5) };
    await expect(new BlockReader(few).read({ block: 0, start: 0, count: 5 }, into)).rejects.toMatchObject({
      code: 'LABEL_OUT_OF_RANGE',
      what: 'a label is out of range in row 2, in block 0',
    });
  });
});
