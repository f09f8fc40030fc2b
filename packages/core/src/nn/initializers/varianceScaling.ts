import { normal, uniform } from '../../ops/index.ts';
import { type Fans, fansOf } from './fans.ts';
import type { Initializer } from './initializer.ts';

const averageFan = (fans: Fans): number => (fans.in + fans.out) / 2;
const inputFan = (fans: Fans): number => fans.in;

/** Uniform with variance gain / fan: the bound is sqrt(3 gain / fan). */
function scaledUniform(gain: number, fan: (fans: Fans) => number): Initializer {
  return (shape, path) => {
    const bound = Math.sqrt((3 * gain) / fan(fansOf(shape)));
    return uniform({ shape }, { purpose: path, low: -bound, high: bound });
  };
}

/** Normal with variance gain / fan, not truncated. */
function scaledNormal(gain: number, fan: (fans: Fans) => number): Initializer {
  return (shape, path) =>
    normal({ shape }, { purpose: path, mean: 0, deviation: Math.sqrt(gain / fan(fansOf(shape))) });
}

/** Uniform within sqrt(6 / (in + out)) (Glorot and Bengio 2010): for tanh, sigmoid and linear layers. */
export const glorotUniform: Initializer = scaledUniform(1, averageFan);

/** Normal with variance 2 / (in + out) (Glorot and Bengio 2010). */
export const glorotNormal: Initializer = scaledNormal(1, averageFan);

/** Uniform within sqrt(3 / in) (LeCun et al. 1998): for layers with SELU. */
export const lecunUniform: Initializer = scaledUniform(1, inputFan);

/** Normal with variance 1 / in (LeCun et al. 1998): for layers with SELU. */
export const lecunNormal: Initializer = scaledNormal(1, inputFan);

/** Uniform within sqrt(6 / in) (He et al. 2015): for layers with ReLU. */
export const heUniform: Initializer = scaledUniform(2, inputFan);

/** Normal with variance 2 / in (He et al. 2015). */
export const heNormal: Initializer = scaledNormal(2, inputFan);
