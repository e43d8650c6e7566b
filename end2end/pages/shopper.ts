import { type Locator, type Page, expect } from '@playwright/test'

/** A shopper on the shop's page. */
export class Shopper {
  readonly text: Locator
  readonly messages: Locator
  readonly answers: Locator

  constructor(
    readonly page: Page,
    readonly origin: string,
  ) {
    this.text = page.locator('textarea[name=text]')
    this.messages = page.locator('#messages > :is(.mine, .staff), #pending > .mine')
    this.answers = page.locator('#messages > .staff')
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.origin}/c/demo`)
  }

  async write(words: string): Promise<void> {
    await this.text.fill(words)
    await this.page.locator('#write button[type=submit]').click()
    await expect(this.message(words)).toBeVisible()
  }

  /** Opens the page and writes. */
  async ask(words: string): Promise<void> {
    await this.open()
    await this.write(words)
  }

  message(words: string): Locator {
    return this.messages.filter({ hasText: words })
  }
}
