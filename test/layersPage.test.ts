import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { activations } from '../packages/core/src/nn/activations.ts';
import { initializers } from '../packages/core/src/nn/initializers/index.ts';
import * as layers from '../packages/core/src/nn/layers/index.ts';
import { losses } from '../packages/core/src/nn/losses/index.ts';
import { metrics } from '../packages/core/src/nn/metrics/index.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/layers.md'), 'utf8');

test.each(Object.entries({ activations, initializers, layers, losses, metrics }))(
  'the page of layers has all %s',
  (_kind, table) => {
    const missing = Object.keys(table).filter((name) => !new RegExp(`\`${name}\\b`).test(page));
    expect(missing).toEqual([]);
  },
);
