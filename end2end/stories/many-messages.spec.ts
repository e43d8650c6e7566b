import type { Page } from '@playwright/test'

import { Figures, Trend } from '../pages/figures.ts'
import { supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const FIRST = '这款岩茶耐泡吗'
const BY_SHOPPER = 'kuaishou-3min'

interface Told {
  definition: { id: string }
}

/** From now on the server answers as that of a shop would which has more messages than are read for an answer. */
async function hasManyMessages(page: Page, days: number): Promise<void> {
  await page.route('**/api/figures/defined?*', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as { figures: Told[] }
    const [left, figures] = [true, false].map((is) => answer.figures.filter((it) => (it.definition.id === BY_SHOPPER) === is))
    const left_out = { days, figures: left!.map(({ definition }) => definition) }
    await route.fulfill({ response, json: { ...answer, figures, left_out } })
  })
  await page.route('**/api/figures/cases?*', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as { cases: { from: number }[] }
    await route.fulfill({ response, json: { ...answer, since: answer.cases[0]!.from, count: 4_321, count_of_all: 65_432 } })
  })
  await page.route('**/api/figures/history?*', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as Told
    const left_out = { days, figures: [answer.definition] }
    const is_left_out = answer.definition.id === BY_SHOPPER
    await route.fulfill({ response, json: is_left_out ? { ...answer, left_out, rounds: 0, pieces: [] } : answer })
  })
  await page.route('**/api/figures/trial', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as { to: number }
    await route.fulfill({ response, json: { ...answer, from: answer.to - 3 * 86_400_000_000 } })
  })
}

test('a shop with very many messages is told what was not counted, and what to do', async ({ desk, shopper }) => {
  await desk.startWith(supervisor, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await hasManyMessages(desk.page, 3)
  await desk.open('/desk/figures')
  const screen = new Figures(desk.page)
  await screen.lastSevenDays.click()
  const left = desk.page.getByTestId('defined-figures').getByTestId('left-out')
  await expect(left).toContainText('这几项没有算：快手 3 分钟人工回复率。请选不超过 3 天')
  await expect(screen.defined(BY_SHOPPER)).toHaveCount(0)
  const answered = screen.defined('answer-20s')
  await expect(answered.locator('summary b')).toHaveText('100.0%')
  await answered.locator('summary').click()
  await expect(answered.getByTestId('cases-since')).toContainText('以来的 4321 次，全部有 65432 次')
  await expect(answered.getByText('共 4321 次，这里是前 1 次。')).toBeVisible()
  await expect(answered.getByTestId('figure-cases').locator('li')).toHaveCount(1)

  await desk.page.getByTestId('figure-rules').locator('summary').click()
  const form = desk.page.getByTestId('own-figures')
  await form.getByTestId('figure-name').fill('每位顾客都答到')
  await form.getByLabel('达标秒数').fill('3600')
  await form.getByRole('button', { name: '试算近 31 天' }).click()
  await expect(form.getByTestId('figure-trial')).toHaveText('近 3 天：100.0%（1 次里 1 次做到）。更早的消息太多，没有翻看。')

  await desk.page.getByRole('link', { name: '趋势' }).click()
  const trend = new Trend(desk.page)
  await trend.choose('figure', '快手 3 分钟人工回复率')
  await expect(desk.page.getByTestId('left-out')).toContainText('请选不超过 3 天')
  await expect(trend.sentence).toHaveText('')
  await expect(trend.bars).toHaveCount(0)
  // Another figure is a choice away.
  await trend.choose('figure', '20 秒回答率')
  await expect(desk.page.getByTestId('left-out')).toHaveCount(0)
  await expect(trend.bars).toHaveCount(30)
})

test('what is kept of very many shoppers follows by itself what is told at once', async ({ desk, shopper }) => {
  await desk.startWith(supervisor, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.page.route('**/api/figures/defined?*quick=true*', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as { figures: Told[] }
    const figures = answer.figures.filter(({ definition }) => definition.id !== BY_SHOPPER)
    await route.fulfill({ response, json: { ...answer, figures, is_partial: true, rest_is_kept: true } })
  })
  await desk.open('/desk/figures')
  const screen = new Figures(desk.page)
  await expect(screen.defined('answer-20s')).toHaveCount(1)
  await expect(screen.defined(BY_SHOPPER)).toHaveCount(1)
  await screen.lastSevenDays.click()
  await expect(screen.defined(BY_SHOPPER)).toHaveCount(1)
  await expect(desk.page.getByRole('button', { name: '把其余的也算出来' })).toHaveCount(0)
})
