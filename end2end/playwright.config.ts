import { defineConfig } from '@playwright/test'

import { chromium, laptop, phone } from './support/browser.ts'

/** A story waits out a response limit of 20 seconds more than once. */
const STORY_MS = 120_000
const EXPECT_MS = 20_000

export default defineConfig({
  testDir: process.env.PICTURES ? './pictures' : './stories',
  timeout: STORY_MS,
  expect: { timeout: EXPECT_MS },
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: { ...chromium, trace: 'retain-on-failure' },
  projects: [
    { name: 'phone', use: phone, grepInvert: /@laptop/ },
    { name: 'laptop', use: laptop, grepInvert: /@phone/ },
  ],
})
