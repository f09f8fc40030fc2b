/** As of the MovieLens data of a million ratings, which is not ours to hand on. */
export const ratingSizes = { users: 6000, items: 4000, ratings: 2 ** 20 } as const;

/** Respects in which users and items differ, and what no model can predict: the standard deviation of the noise. */
const respects = 4;
const noise = 0.5;

/** A rating a row. */
export interface Ratings {
  readonly user: Int32Array<ArrayBuffer>;
  readonly item: Int32Array<ArrayBuffer>;
  readonly rating: Float32Array<ArrayBuffer>;
}

/**
 * Ratings that are made up: how well a user and an item go together in a few respects, and noise. Some items are rated far
 * more often than others, as films are, so that workers meet in their rows.
 */
export function generatedRatings(): Ratings {
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  // The variance of a uniform number is 1/12: four of them have a third, so this has mean 0 and variance 1.
  const nearlyNormal = (): number => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
  const { users, items, ratings } = ratingSizes;
  const tastes = Float32Array.from({ length: users * respects }, nearlyNormal);
  const styles = Float32Array.from({ length: items * respects }, nearlyNormal);
  const user = Int32Array.from({ length: ratings }, () => Math.floor(uniform() * users));
  // The square of a uniform number: item i has a share of the ratings in proportion to 1 / sqrt(i).
  const item = Int32Array.from({ length: ratings }, () => Math.floor(uniform() ** 2 * items));
  const rating = Float32Array.from({ length: ratings }, (_, at) => {
    const [taste, style] = [(user[at] ?? 0) * respects, (item[at] ?? 0) * respects];
    let match = 0;
    for (let k = 0; k < respects; k += 1) match += (tastes[taste + k] ?? 0) * (styles[style + k] ?? 0);
    return match / Math.sqrt(respects) + noise * nearlyNormal();
  });
  return { user, item, rating };
}
