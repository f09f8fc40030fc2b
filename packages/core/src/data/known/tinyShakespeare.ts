import type { KnownDataset } from './knownDataset.ts';

export const tinyShakespeare: KnownDataset = {
  name: 'tinyshakespeare',
  title: 'Tiny Shakespeare: 1,115,394 characters of his plays, 65 different ones',
  source: 'collected by A. Karpathy; https://github.com/karpathy/char-rnn',
  licence: 'public domain',
  load: "readFileSync(join(findData('tinyshakespeare'), 'input.txt'), 'utf8')",
  mirrors: ['https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/'],
  files: [
    {
      name: 'input.txt',
      bytes: 1_115_394,
      sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
    },
  ],
};
