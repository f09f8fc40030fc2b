// Rents of flats from a table of numbers, dates and categories, some of them missing. The district is an embedding, all else one vector.
import { fileURLToPath } from 'node:url';
import {
  adam,
  defineRun,
  dense,
  embedding,
  model,
  noise,
  ops,
  prepareTable,
  schedules,
  sequential,
} from '@lockstep/core';
import { readTable } from '@lockstep/core/node';

const table = await readTable(fileURLToPath(new URL('rents.csv', import.meta.url)));

/** What new rows have to be encoded with. */
export const { data, encoding } = prepareTable(table, {
  target: 'rent',
  scaleTarget: true,
  validation: 0.2,
  columns: { district: { as: 'ids' } },
  seed: 1,
});
const { features, district } = data.train.fields;

export default defineRun({
  name: 'tabular',
  data,
  model: model({
    inputs: {
      features: { shape: features?.shape ?? [] },
      district: { shape: [], dtype: 'int32' },
    },
    build: (inputs, layer) => {
      const place = layer('district', embedding({ vocabulary: district?.classes ?? 1, features: 3 }));
      const rent = layer(
        'rent',
        sequential(dense(32, { activation: 'relu' }), dense(16, { activation: 'relu' }), dense(1)),
      );
      return { rent: rent(ops.concat([inputs.features, place(inputs.district)])) };
    },
  }),
  loss: 'meanSquaredError',
  metrics: ['r2'],
  optimizer: adam({ learningRate: schedules.cosine({ learningRate: 0.01 }) }),
  augment: [noise({ deviation: 0.05, inputs: ['features'] })],
  epochs: 60,
  batchSize: 64,
  seed: 1,
});
