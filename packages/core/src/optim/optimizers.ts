// Every optimizer, by the name that a run file may give. A new one is one line here.
export { type AdadeltaOptions, adadelta } from './adadelta.ts';
export { type AdagradOptions, adagrad } from './adagrad.ts';
export { adam } from './adam.ts';
export { adamax } from './adamax.ts';
export { adamw } from './adamw.ts';
export { lamb } from './lamb.ts';
export { type LionOptions, lion } from './lion.ts';
export { type NadamOptions, nadam } from './nadam.ts';
export { radam } from './radam.ts';
export { type RmspropOptions, rmsprop } from './rmsprop.ts';
export { type SgdOptions, sgd } from './sgd.ts';
