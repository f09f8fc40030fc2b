/** The part of vitest's JSON report that is counted. */
export interface TestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * One line with the counts of a test run. A file that failed without a failed test of its own (it could not be
 * loaded, or a hook threw) counts as one failure, so that nothing broken adds up to "0 failed".
 */
export function testCounts(report: TestReport): string {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  const skipped = report.numPendingTests + report.numTodoTests;
  // An error outside any test, such as an unhandled rejection, fails the run but no file.
  const outside = failed === 0 && !report.success ? 1 : 0;
  const counts = `${report.numPassedTests} passed, ${failed + outside} failed`;
  return skipped === 0 ? counts : `${counts}, ${skipped} skipped`;
}
