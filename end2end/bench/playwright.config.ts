import { defineConfig } from '@playwright/test'

import { chromium, laptop } from '../support/browser.ts'

const BENCH_MS = 600_000

export default defineConfig({
  testDir: '.',
  testMatch: '*.bench.ts',
  timeout: BENCH_MS,
  workers: 1,
  reporter: './plain-reporter.ts',
  use: { ...chromium, ...laptop },
})
