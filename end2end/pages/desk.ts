import { type Locator, type Page, expect } from '@playwright/test'

import type { Account } from '../support/members.ts'
import type { Shopper } from './shopper.ts'

/** How a message of the desk stands with the server. */
export type Delivery = 'sent' | 'queued' | 'held' | 'rejected'

/** The desk of a member, as the member uses it. */
export class Desk {
  readonly composer: Locator
  readonly sendButton: Locator
  readonly banner: Locator
  readonly rows: Locator
  readonly messages: Locator
  readonly suggestions: Locator
  readonly answerSearch: Locator
  readonly answerHits: Locator
  readonly signInButton: Locator
  readonly choices: Locator
  readonly blanks: Locator
  readonly finding: Locator
  readonly head: Locator
  readonly heldBy: Locator
  readonly presence: Locator
  readonly offered: Locator

  constructor(
    readonly page: Page,
    readonly origin: string,
  ) {
    this.composer = page.getByTestId('composer')
    this.sendButton = page.getByTestId('send')
    this.banner = page.getByTestId('link-banner').locator('.trouble')
    this.rows = page.getByTestId('conversation-row')
    this.messages = page.getByTestId('message')
    this.suggestions = page.getByTestId('suggestion')
    this.answerSearch = page.getByTestId('answer-search')
    this.answerHits = page.getByTestId('answer-hit')
    this.signInButton = page.getByTestId('sign-in')
    this.choices = page.getByTestId('choice')
    this.blanks = page.getByTestId('blank')
    this.finding = page.getByTestId('finding')
    this.head = page.locator('.conversation > .head')
    this.heldBy = page.getByTestId('held-by')
    this.presence = page.getByTestId('presence')
    this.offered = page.getByTestId('offered')
  }

  async open(address = '/desk'): Promise<void> {
    await this.page.goto(`${this.origin}${address}`)
  }

  async signIn({ number, password }: Account): Promise<void> {
    await this.page.getByTestId('work-number').fill(number)
    await this.page.getByTestId('password').fill(password)
    await this.signInButton.click()
    await expect(this.signInButton).toBeHidden()
  }

  /** Opens the desk and signs in. */
  async start(account: Account, address = '/desk'): Promise<void> {
    await this.open(address)
    await this.signIn(account)
  }

  /** Opens the desk, has a shopper ask something, and opens that conversation. */
  async startWith(account: Account, shopper: Pick<Shopper, 'ask'>, question: string): Promise<void> {
    await this.start(account)
    await shopper.ask(question)
    await this.openConversation(question)
  }

  /** Another tab of the same browser at the same conversation, once it shows these words. */
  async anotherTab(words: string): Promise<Desk> {
    const tab = new Desk(await this.page.context().newPage(), this.origin)
    await tab.page.goto(this.page.url())
    await expect(tab.message(words)).toBeVisible()
    return tab
  }

  /** The conversation in the list that shows these words. */
  row(words: string): Locator {
    return this.rows.filter({ hasText: words })
  }

  clock(words: string): Locator {
    return this.row(words).getByTestId('clock')
  }

  /** Opens the conversation whose row shows these words. */
  async openConversation(words: string): Promise<void> {
    await this.row(words).click()
    await expect(this.message(words)).toBeVisible()
  }

  message(words: string): Locator {
    return this.messages.filter({ hasText: words })
  }

  /** The member's own messages in this state, in the order of the screen. */
  delivered(delivery: Delivery): Locator {
    return this.page.locator(`[data-testid=message][data-author=member][data-delivery=${delivery}]`)
  }

  /** Writes and sends with the key on a laptop, with the button on a phone. */
  async reply(words: string): Promise<void> {
    await this.composer.fill(words)
    await this.send()
  }

  async send(): Promise<void> {
    await this.pressSend()
    await expect(this.composer).toHaveValue('')
  }

  /** Asks for sending, which may be refused. */
  async pressSend(): Promise<void> {
    if (await this.onPhone()) await this.sendButton.tap()
    else await this.composer.press('Enter')
  }

  /** Opens the search beside the composer. */
  async openSearch(): Promise<void> {
    if (await this.onPhone()) await this.page.locator('.chip-search').tap()
    else await this.composer.press('/')
    await expect(this.answerSearch).toBeFocused()
  }

  /** Searches beside the composer and takes the answer with these words. */
  async choose(query: string, words: string): Promise<void> {
    await this.openSearch()
    await this.search(query)
    await this.choices.filter({ hasText: words }).first().click()
    await expect(this.choices).toHaveCount(0)
  }

  async onPhone(): Promise<boolean> {
    return this.page.evaluate(() => matchMedia('(pointer: coarse)').matches)
  }

  /** Waits until the service worker could start the desk without a network. */
  async readyForOffline(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
  }

  async search(words: string): Promise<void> {
    await this.answerSearch.fill(words)
  }
}
