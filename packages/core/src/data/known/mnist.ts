import type { KnownDataset } from './knownDataset.ts';

/** The checksums are those of the files that `http://yann.lecun.com/exdb/mnist` had. */
export const mnist: KnownDataset = {
  name: 'mnist',
  title: 'MNIST: 60,000 + 10,000 handwritten digits, 28 x 28',
  source: 'Y. LeCun, C. Cortes, C. Burges; https://yann.lecun.com/exdb/mnist',
  licence: 'CC BY-SA 3.0',
  load: "loadMnist(findData('mnist'))",
  mirrors: [
    'https://ossci-datasets.s3.amazonaws.com/mnist/',
    'https://storage.googleapis.com/cvdf-datasets/mnist/',
  ],
  files: [
    {
      name: 'train-images-idx3-ubyte.gz',
      bytes: 47_040_016,
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    {
      name: 'train-labels-idx1-ubyte.gz',
      bytes: 60_008,
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
    {
      name: 't10k-images-idx3-ubyte.gz',
      bytes: 7_840_016,
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    {
      name: 't10k-labels-idx1-ubyte.gz',
      bytes: 10_008,
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  ],
};
