// Handwritten digits of 8 x 8 pixels through twelve numbers and back: the network has to find what digits have in common.
import { fileURLToPath } from 'node:url';
import { adam, defineRun, dense, model, rescale, schedules, sequential } from '@lockstep/core';
import { readCsv } from '@lockstep/core/node';

const file = fileURLToPath(new URL('../data/digits.csv', import.meta.url));
const digits = rescale(readCsv(file, { target: 'label', classes: 10 }), 'features', { scale: 1 / 16 });

/** How many numbers stand for a digit. */
export const codeSize = 12;

export default defineRun({
  name: 'autoencoder',
  data: { train: digits, validation: 0.2 },
  model: model({
    inputs: { features: { shape: [64] } },
    build: ({ features }, layer) => {
      const encode = layer('encoder', sequential(dense(48, { activation: 'elu' }), dense(codeSize)));
      const decode = layer('decoder', sequential(dense(48, { activation: 'elu' }), dense(64)));
      return { pixels: decode(encode(features)) };
    },
  }),
  target: 'features',
  loss: 'meanSquaredError',
  optimizer: adam({ learningRate: schedules.cosine({ learningRate: 0.005 }) }),
  epochs: 60,
  batchSize: 32,
  seed: 1,
});
