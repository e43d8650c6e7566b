import type { Locator, Page } from '@playwright/test'

import type { Figure } from '../support/by-hand.ts'

/** The supervisor's figures. */
export class Figures {
  readonly total: Locator
  readonly hours: Locator
  readonly waitingNow: Locator
  readonly lastSevenDays: Locator

  constructor(readonly page: Page) {
    this.total = page.getByTestId('figures-total')
    this.hours = page.getByTestId('figures-hours')
    this.waitingNow = page.getByTestId('waiting-now')
    this.lastSevenDays = page.getByRole('button', { name: '近 7 天' })
  }

  /** A figure as the shop defines it, by its id. */
  defined(id: string): Locator {
    return this.page.locator(`details[data-figure="${id}"]`)
  }

  /** The cells of the agent with that work number. */
  agent(number: string): Locator {
    return this.page.getByTestId('figures-agents').locator('tr', { hasText: number }).locator('td')
  }
}

/** A figure through time. */
export class Trend {
  readonly sentence: Locator
  readonly bars: Locator
  readonly pieces: Locator
  readonly rows: Locator
  readonly behind: Locator
  readonly spread: Locator
  readonly week: Locator

  constructor(readonly page: Page) {
    this.sentence = page.getByTestId('trend-sentence')
    this.bars = page.locator('.trend-chart g[data-piece]')
    this.pieces = page.getByTestId('trend-pieces').locator('tbody tr')
    this.rows = page.getByTestId('trend-rows').locator('tbody tr')
    this.behind = page.getByTestId('trend-behind')
    this.spread = page.getByTestId('trend-spread').locator('tbody tr')
    this.week = page.getByTestId('trend-week')
  }

  /** Chooses by what stands in the list. */
  async choose(what: 'figure' | 'span' | 'step' | 'by', label: string): Promise<void> {
    await this.page.getByTestId(`trend-${what}`).selectOption({ label })
  }
}

/** What the screen shows of a figure of which every round was answered within a minute. */
export function cellsOf(figure: Figure): string[] {
  const { answered, median_ms, p90_ms, within_15s, within_20s } = figure
  const seconds = (ms: number | null): string => `${(Math.round((ms ?? 0) / 100) / 10).toFixed(1)} 秒`
  const share = (within: number): string => `${Math.round((within / answered) * 100)}%`
  return [seconds(median_ms), seconds(p90_ms), share(within_15s), share(within_20s), String(answered), '0']
}
