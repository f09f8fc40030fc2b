// usage: printTestCounts.ts REPORT.json, the file written by vitest's json reporter
import { readFileSync } from 'node:fs';
import { type TestReport, testCounts } from './testCounts.ts';

const report: TestReport = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
console.log(testCounts(report));
