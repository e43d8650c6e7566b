import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { type BrowserContext, type Page, chromium as playwright } from '@playwright/test'

import { chromium } from './browser.ts'

/** A browser with a profile that outlives it, so that it can be killed and started again. */
export class Profile {
  #context: BrowserContext | undefined

  private constructor(
    readonly directory: string,
    readonly options: object,
  ) {}

  static async make(options: object): Promise<Profile> {
    return new Profile(await mkdtemp(path.join(tmpdir(), 'qinda-profile-')), options)
  }

  /** Starts the browser, and returns its first page. */
  async start(): Promise<Page> {
    const { launchOptions, locale, timezoneId } = chromium
    const context = await playwright.launchPersistentContext(this.directory, {
      ...launchOptions,
      ...(locale === undefined ? {} : { locale }),
      ...(timezoneId === undefined ? {} : { timezoneId }),
      ...this.options,
    })
    this.#context = context
    return context.pages()[0] ?? context.newPage()
  }

  /** Closes the browser as a person does: what it had not written yet it writes now. */
  async close(): Promise<void> {
    await this.#context?.close()
    this.#context = undefined
  }

  /** Ends every process of the browser at once, as a power cut would. */
  async kill(): Promise<void> {
    const context = this.#context
    if (context === undefined) return
    this.#context = undefined
    const closed = new Promise((resolve) => context.once('close', resolve))
    for (const id of await this.#processes()) {
      try {
        process.kill(id, 'SIGKILL')
      } catch {
        // It went with the one before.
      }
    }
    await closed
  }

  /** The processes whose command line names this profile: the browser, and what it started. */
  async #processes(): Promise<number[]> {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
    const named = await Promise.all(
      ids.map(async (id) => {
        const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')
        return line.includes(this.directory) ? id : undefined
      }),
    )
    return named.filter((id) => id !== undefined)
  }

  async remove(): Promise<void> {
    await this.kill()
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
