import { readFile } from 'node:fs/promises'

import { Desk } from '../pages/desk.ts'
import { Figures, Trend } from '../pages/figures.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const FIRST = '这款岩茶耐泡吗'
const SECOND = '可以改地址吗'

/** The cells of a line; a comma between quotes divides nothing. */
function cells(line: string): string[] {
  return line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
}

test('a trend is followed from a bar down to the round, and what is exported is what it shows', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  await desk.startWith(agent, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await shopper.write(SECOND)
  await expect(desk.message(SECOND)).toBeVisible()

  const overview = new Desk(await anotherPage(), server.origin)
  await overview.start(supervisor, '/desk/figures')
  const page = overview.page
  await page.getByRole('link', { name: '趋势' }).click()
  const trend = new Trend(page)
  await trend.choose('figure', '首次响应中位数')
  await expect(trend.sentence).toContainText('近 30 天，首次响应中位数')
  await expect(trend.bars).toHaveCount(30)
  await expect(trend.rows).toHaveCount(1)
  await expect(trend.rows).toContainText(agent.number)
  const said = (await trend.rows.locator('td b').textContent())!
  await expect(trend.sentence).toContainText(said)
  await expect(trend.week.locator('tbody td[data-shade]')).toHaveCount(1)

  // The bar of the last day leads to its rounds.
  await trend.bars.last().locator('.whole').click()
  const cases = trend.behind.getByTestId('figure-cases').locator('li')
  await expect(cases).toHaveCount(1)
  await expect(cases.locator('b')).toHaveText(said)

  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: '把这一页导出 CSV' }).click()
  const sheet = await readFile(await (await download).path(), 'utf8')
  const lines = sheet.replace('\ufeff', '').trim().split('\r\n').map(cells)
  const value = lines[0]!.indexOf('value')
  const seconds = (line: string[]): string => `${Number(line[value]).toFixed(1)} 秒`
  expect(seconds(lines.find(([part]) => part === 'span')!)).toBe(said)
  expect(seconds(lines.find(([part]) => part === 'row')!)).toBe(said)
  const pieces = lines.filter(([part]) => part === 'piece')
  expect(pieces.length).toBe(30)
  const workbook = page.waitForEvent('download')
  await page.getByRole('link', { name: '导出 Excel' }).click()
  const bytes = await readFile(await (await workbook).path())
  expect(bytes.subarray(0, 2).toString()).toBe('PK')

  await page.locator('.behind-chart summary').click()
  await expect(trend.pieces).toHaveCount(30)
  const shown = await trend.pieces.evaluateAll((rows) => rows.map((row) => row.querySelectorAll('td')[2]!.textContent))
  expect(shown).toEqual(pieces.map((line) => line[lines[0]!.indexOf('rounds')]))

  // Into the chat and back: what was looked at is still there.
  await cases.getByRole('link', { name: '看会话' }).click()
  await expect(overview.message(SECOND)).toBeVisible()
  await page.goBack()
  await expect(trend.sentence).toContainText('首次响应中位数')
  await expect(cases).toHaveCount(1)
})

test('a trend is split, narrowed to one agent, told of two dates, and has a goal of the shop', async ({ desk, shopper }) => {
  await desk.startWith(supervisor, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.open('/desk/figures')
  await desk.page.getByTestId('figure-rules').locator('summary').click()
  const form = desk.page.getByTestId('own-figures')
  await form.getByTestId('which-figure').selectOption({ label: '回复率' })
  await form.getByTestId('figure-goal').fill('101')
  await form.getByTestId('figure-goal').blur()
  await expect(form.getByRole('alert')).toContainText('最多 100%')
  await form.getByTestId('figure-goal').fill('90')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('已保存')).toBeVisible()

  await desk.page.getByRole('link', { name: '趋势' }).click()
  const trend = new Trend(desk.page)
  await trend.choose('figure', '回复率')
  await expect(trend.sentence).toContainText('近 30 天，回复率 100.0%，之前 30 天同期没有可比的。目标 90%，达到了。')
  await expect(desk.page.locator('.trend-chart .key-limit')).toHaveText('目标 90%')
  await trend.choose('by', '按渠道')
  await expect(trend.rows).toHaveCount(1)
  await trend.choose('by', '按客服')
  await trend.rows.filter({ hasText: supervisor.number }).getByRole('button').click()
  await expect(trend.sentence).toContainText(supervisor.number)
  await desk.page.getByRole('button', { name: '看全部' }).click()
  await expect(trend.sentence).not.toContainText(supervisor.number)

  await trend.choose('span', '两个日期之间…')
  await desk.page.getByTestId('trend-first').fill('2020-02-28')
  await desk.page.getByTestId('trend-last').fill('2020-02-27')
  await desk.page.getByTestId('trend-last').blur()
  await expect(desk.page.getByText('开始不晚于结束')).toBeVisible()
  await desk.page.getByTestId('trend-last').fill('2020-03-01')
  await desk.page.getByTestId('trend-last').blur()
  await expect(desk.page.getByText('这段时间没有可算的')).toBeVisible()
  await expect(trend.sentence).toContainText('2020-02-28 – 2020-03-01，回复率没有可算的')
})

test('an agent sees the trend of their own', async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.open('/desk/me')
  const mine = desk.page.getByTestId('my-trend')
  await expect(mine.getByTestId('trend-sentence').first()).toContainText('近 30 天，15 秒问候率')
  await expect(mine.locator('.trend-chart')).toHaveCount(2)
  await mine.locator('.trend-chart').first().locator('g[data-piece] .whole').last().click()
  await expect(mine.getByTestId('figure-cases').locator('li')).toHaveCount(1)
})

test('a figure that is open stays open while its numbers are made anew', async ({ desk, shopper }) => {
  await desk.startWith(supervisor, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.open('/desk/figures')
  const screen = new Figures(desk.page)
  await screen.lastSevenDays.click()
  const answered = screen.defined('answer-20s')
  await answered.locator('summary').click()
  await expect(answered).toContainText('1 次里 1 次做到')
  await shopper.write(SECOND)
  // It waits beyond its time, and counts without anybody asking.
  await expect(answered).toContainText('2 次里 1 次做到', { timeout: 60_000 })
  await expect(answered).toHaveAttribute('open', '')
})
