// Matrix factorisation: what 600 users think of 400 films, learnt from one in ten ratings. The ratings are made up: how well
// user and film go together in 4 respects, a liking of the user's own, a quality of the film's own, and noise of standard
// deviation 0.25, below which no model can predict. A training step changes only the rows of the tables that its mini-batch
// names.
import {
  adam,
  defineRun,
  embedding,
  fromArrays,
  initializers,
  type Layer,
  model,
  ops,
  schedules,
} from '@lockstep/core';

const users = 600;
const films = 400;
const respects = 4;
const noise = 0.25;

let state = 1;
/** Uniform from 0 to 1: a linear congruential generator, so that the data is the same everywhere. */
function uniform(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
/** Nearly normal, with mean 0 and variance 1: the sum of twelve uniform numbers, less 6. */
const normal = (): number => Array.from({ length: 12 }, uniform).reduce((sum, each) => sum + each) - 6;
const normals = (length: number): number[] => Array.from({ length }, normal);

const taste = Array.from({ length: users }, () => normals(respects));
const style = Array.from({ length: films }, () => normals(respects));
const [liking, quality] = [normals(users), normals(films)];

const ratings = taste.flatMap((likes, user) =>
  style.flatMap((has, film) => {
    if (uniform() > 0.1) return [];
    const match = likes.reduce((sum, like, at) => sum + like * (has[at] ?? 0), 0) / Math.sqrt(respects);
    const rating = match + 0.5 * (liking[user] ?? 0) + 0.5 * (quality[film] ?? 0) + noise * normal();
    return [{ user, film, rating }];
  }),
);

const table = (vocabulary: number, features: number): Layer =>
  embedding({
    vocabulary,
    features,
    initializer: features === 1 ? 'zeros' : initializers.normal({ deviation: 0.3 }),
  });

export default defineRun({
  name: 'recommender',
  data: {
    train: fromArrays({
      user: Int32Array.from(ratings, ({ user }) => user),
      film: Int32Array.from(ratings, ({ film }) => film),
      rating: Float32Array.from(ratings, ({ rating }) => rating),
    }),
    validation: 0.1,
  },
  model: model({
    inputs: { user: { shape: [], dtype: 'int32' }, film: { shape: [], dtype: 'int32' } },
    build: ({ user, film }, layer) => {
      const match = ops.mul(
        layer('taste', table(users, respects))(user),
        layer('style', table(films, respects))(film),
      );
      const biases = ops.add(layer('liking', table(users, 1))(user), layer('quality', table(films, 1))(film));
      return { rating: ops.add(ops.sum(match, { axes: [1], keepDims: true }), biases) };
    },
  }),
  loss: 'meanSquaredError',
  metrics: ['rootMeanSquaredError'],
  optimizer: adam({ learningRate: schedules.cosine({ learningRate: 0.05 }) }),
  epochs: 20,
  batchSize: 256,
  seed: 1,
});
