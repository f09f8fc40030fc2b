import { expect, it } from 'vitest';
import { type TestReport, testCounts } from './testCounts.ts';

const green: TestReport = {
  success: true,
  numPassedTests: 2,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'passed' }] }],
};

it('counts what passed, failed and was skipped', () => {
  expect(testCounts(green)).toBe('2 passed, 0 failed');
  expect(testCounts({ ...green, numPendingTests: 1, numTodoTests: 1 })).toBe('2 passed, 0 failed, 2 skipped');
  const failing = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] };
  expect(
    testCounts({ ...green, success: false, numPassedTests: 1, numFailedTests: 1, testResults: [failing] }),
  ).toBe('1 passed, 1 failed');
});

it('counts a file that could not be loaded as a failure', () => {
  const broken = { status: 'failed', assertionResults: [] };
  expect(testCounts({ ...green, success: false, testResults: [...green.testResults, broken] })).toBe(
    '2 passed, 1 failed',
  );
});

it('counts an error outside the tests as a failure', () => {
  expect(testCounts({ ...green, success: false })).toBe('2 passed, 1 failed');
});
