import type { Locator, Page } from '@playwright/test'

/** The supervisor's figures. */
export class Figures {
  readonly total: Locator
  readonly agents: Locator
  readonly hours: Locator
  readonly waitingNow: Locator

  constructor(readonly page: Page) {
    this.total = page.getByTestId('figures-total')
    this.agents = page.getByTestId('figures-agents')
    this.hours = page.getByTestId('figures-hours')
    this.waitingNow = page.getByTestId('waiting-now')
  }
}
