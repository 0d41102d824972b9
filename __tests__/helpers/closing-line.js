/** A jest reporter that closes with one plain line of the real counts, for machines to read. */
export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults }) {
    // A suite that could not even be loaded has failed without a test in it.
    const broken = testResults.filter(({ testExecError }) => testExecError).length;
    const failed = numFailedTests + Math.min(broken, numFailedTestSuites);
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    process.stdout.write(`${numPassedTests} passed, ${failed} failed${skipped}\n`);
  }
}
