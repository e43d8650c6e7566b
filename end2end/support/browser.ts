import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test'

type Options = Partial<PlaywrightTestOptions & PlaywrightWorkerOptions>

/**
 * A page that is driven from outside and goes to another address may crash Chromium 156: it swaps the frame and takes the
 * emulated focus away from one that is gone. The frame stays, and so does the feature that this switch would take from
 * Playwright.
 */
const KEEP_FRAME = '--enable-features=RenderDocument:level/crashed-frame,CDPScreenshotNewSurface'

/** The browser of the system: nothing is downloaded. */
export const chromium: Options = {
  browserName: 'chromium',
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      KEEP_FRAME,
    ],
  },
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
}

export const phone: Options = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }

export const laptop: Options = { viewport: { width: 1366, height: 768 } }
