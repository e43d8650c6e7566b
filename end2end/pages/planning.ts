import type { Locator, Page } from '@playwright/test'

/** The supervisor's planning. */
export class Planning {
  readonly sentence: Locator
  readonly seats: Locator
  readonly standing: Locator
  readonly save: Locator

  constructor(readonly page: Page) {
    this.sentence = page.getByTestId('planning-sentence')
    this.seats = page.getByTestId('seats')
    this.standing = page.getByTestId('plan-standing')
    this.save = page.getByTestId('save-bar').getByRole('button', { name: '保存' })
  }

  /** How many people are planned for an hour of a day, Monday being 0. */
  planned(day: number, hour: number): Locator {
    return this.page.locator(`input[data-cell="${day}-${hour}"]`)
  }

  /** What is said below it. */
  needed(day: number, hour: number): Locator {
    return this.seats.locator('td', { has: this.planned(day, hour) }).locator('small')
  }

  assumption(name: string): Locator {
    return this.page.locator(`input[data-field="${name}"]`)
  }
}
