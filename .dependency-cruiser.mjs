// Which module may import which. A folder of core may import the folders before it in this list, never one
// after it: the order is that of the data, from the graph a user writes to the files a run leaves behind.
const coreFolders = [
  'tensor',
  'nest',
  'graph',
  'ops',
  'autodiff',
  'compile',
  'kernels',
  'runtime',
  'nn',
  'optim',
  'data',
  'train',
  'io',
  'node',
];

// Tests, and the suites in testing/ that they share, may look anywhere: they compare a part with an oracle that comes later in the order.
const test = '\\.test\\.ts$';

const folderOrder = coreFolders.slice(0, -1).map((folder, position) => ({
  name: `core-order-${folder}`,
  severity: 'error',
  comment: `packages/core/src/${folder} may import only ${['itself', ...coreFolders.slice(0, position)].join(', ')}`,
  from: { path: `^packages/core/src/${folder}/`, pathNot: [test, '/testing/'] },
  to: { path: `^packages/core/src/(${coreFolders.slice(position + 1).join('|')})/` },
}));

export default {
  forbidden: [
    ...folderOrder,
    {
      name: 'core-stands-alone',
      severity: 'error',
      comment: 'core is useful without workers and without the command line',
      from: { path: '^packages/core/' },
      to: { path: '^packages/(parallel|cli)/' },
    },
    {
      name: 'parallel-below-cli',
      severity: 'error',
      comment: 'parallel is a library; the command line imports it',
      from: { path: '^packages/parallel/' },
      to: { path: '^packages/cli/' },
    },
    {
      name: 'core-without-node',
      severity: 'error',
      comment: 'only packages/core/src/node may need a Node.js built-in: the rest of core runs in a browser',
      from: { path: '^packages/core/src/', pathNot: [test, '^packages/core/src/node/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'declared-dependencies',
      severity: 'error',
      comment: 'what a package imports at run time is listed under "dependencies" in its own package.json',
      from: { path: '^packages/[^/]+/src/', pathNot: [test, '/testing/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-test-imports',
      severity: 'error',
      comment: 'a test is imported by nothing',
      from: {},
      to: { path: test },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'an import that leads nowhere',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages/[^/]+/dist|test/fixtures)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
