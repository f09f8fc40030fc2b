import { describe } from 'vitest';
import { softsign } from '../examples/custom-op/softsign.ts';
import { testConformance } from '../packages/core/src/ops/testing/conformance.ts';

describe('the op of examples/custom-op', () => {
  testConformance(softsign.op);
});
