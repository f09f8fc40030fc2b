export type { Augmentation, AugmentationContext, AugmentationTables } from './augmentation.ts';
export { type MixupOptions, mixup } from './mixup.ts';
export { type NoiseOptions, noise } from './noise.ts';
