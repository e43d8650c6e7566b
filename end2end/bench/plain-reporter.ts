import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter'

/** Prints what the benches print, and nothing else unless one fails. */
export default class PlainReporter implements Reporter {
  onStdOut(said: string | Buffer): void {
    process.stdout.write(said)
  }

  onTestEnd(bench: TestCase, { errors }: TestResult): void {
    for (const { message } of errors) process.stderr.write(`${bench.title}: ${message}\n`)
  }

  printsToStdio(): boolean {
    return true
  }
}
