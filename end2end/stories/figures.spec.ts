import { readFile } from 'node:fs/promises'

import { Desk } from '../pages/desk.ts'
import { Figures, cellsOf } from '../pages/figures.ts'
import { Session } from '../support/api.ts'
import { type Figure, figureByHand, roundsByHand } from '../support/by-hand.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const FIRST = '这款岩茶耐泡吗'
const SECOND = '可以改地址吗'

interface FiguresAnswer {
  readonly figures: {
    readonly total: { readonly first: Figure; readonly every: Figure }
    readonly by_agent: readonly (readonly [string | null, { readonly first: Figure; readonly every: Figure }])[]
    readonly by_hour: readonly (readonly [number, { readonly first: Figure; readonly every: Figure }])[]
  }
}

async function answer(desk: Desk, question: string, words: string): Promise<void> {
  await desk.openConversation(question)
  await desk.reply(words)
}

test("the supervisor's figures are those that a person computes from the messages", async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  await desk.start(agent)
  await shopper.ask(FIRST)
  await answer(desk, FIRST, '七八泡没有问题。')
  await expect(desk.delivered('sent')).toHaveCount(1)

  // This question is answered while the network is down; the shopper's wait ends when the answer arrives.
  await shopper.write(SECOND)
  await expect(desk.message(SECOND)).toBeVisible()
  await network.cut()
  await desk.reply('发货前都可以改。')
  await expect(desk.delivered('queued')).toHaveCount(1)
  const offlineSince = Date.now()
  await expect(desk.banner).toBeVisible()
  const restored = Date.now()
  await network.restore()
  await expect(shopper.answers).toHaveCount(2)

  const session = await Session.signIn(server.origin, supervisor)
  const messages = await session.messages()
  const rounds = roundsByHand(messages)
  const queued = rounds.find(({ question }) => question === SECOND)
  expect(queued!.waitedMicros! / 1_000).toBeGreaterThanOrEqual(restored - offlineSince)

  const from = Math.min(...messages.map(({ at }) => at))
  const to = Math.max(...messages.map(({ at }) => at)) + 1
  const { figures } = await session.get<FiguresAnswer>(`/api/figures?from=${from}&to=${to}`)
  expect(figures.total.every).toMatchObject(figureByHand(rounds))
  expect(figures.total.first).toMatchObject(figureByHand(rounds.filter(({ first }) => first)))

  const overview = new Desk(await anotherPage(), server.origin)
  await overview.start(supervisor, '/desk/figures')
  const screen = new Figures(overview.page)
  // A span that no midnight can cut in two while this story runs.
  await screen.lastSevenDays.click()
  const shown = [...cellsOf(figureByHand(rounds.filter(({ first }) => first))), ...cellsOf(figureByHand(rounds))]
  await expect(screen.total.locator('dd')).toHaveText(shown)
  await expect(screen.agent(agent.number)).toHaveText(shown)
  const hours = await screen.hours.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => Number(row.querySelectorAll('td')[10]?.textContent)),
  )
  expect(hours.reduce((sum, answered) => sum + answered, 0)).toBe(rounds.length)

  await expect(screen.waitingNow.locator('b')).toHaveText('0')
  await shopper.write('还有一个问题')
  await expect(screen.waitingNow.locator('b')).toHaveText('1')
  await expect(desk.message('还有一个问题')).toBeVisible()
  await desk.reply('请说。')
  await expect(screen.waitingNow.locator('b')).toHaveText('0')
})

test('a figure is followed down to its very rounds, into the chat, and out as a file', async ({
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
  const screen = new Figures(overview.page)
  await screen.lastSevenDays.click()
  const greeted = screen.defined('first-median')
  await greeted.locator('summary').click()
  await expect(greeted).toContainText('共 1 次')
  await expect(greeted.locator('table')).toContainText(agent.number)
  const cases = greeted.getByTestId('figure-cases').locator('li')
  await expect(cases).toHaveCount(1)
  const shown = await greeted.locator('summary b').textContent()
  await expect(cases.locator('b')).toHaveText(shown!)

  const download = overview.page.waitForEvent('download')
  await overview.page.getByRole('link', { name: '导出 CSV' }).click()
  const sheet = await readFile(await (await download).path(), 'utf8')
  const line = sheet.split('\r\n').find((line) => line.startsWith('first-median,'))!
  const [, , , , value, of] = line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
  expect(of).toBe('1')
  expect(`${Number(value).toFixed(1)} 秒`).toBe(shown)

  await cases.getByRole('link', { name: '看会话' }).click()
  await expect(overview.message(SECOND)).toBeVisible()
})

test('hours of the shop are written as people write them, and the figures follow', async ({ desk, shopper, network }) => {
  await desk.startWith(supervisor, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.open('/desk/figures')
  const screen = new Figures(desk.page)
  const rules = desk.page.getByTestId('figure-rules')
  const hours = rules.getByTestId('hours')
  await rules.locator('summary').click()
  const save = hours.getByRole('button', { name: '保存' })
  for (let day = 0; day < 7; day += 1) await hours.locator(`[data-weekday="${day}"]`).fill('休')
  await hours.locator('[data-weekday="2"]').fill('九点到五点')
  await save.click()
  await expect(hours.getByRole('alert')).toContainText('周三')
  await hours.locator('[data-weekday="2"]').fill('9－12，13点至18点')
  await hours.getByTestId('special-days').fill('2026-02-30 休')
  await save.click()
  await expect(hours.getByRole('alert')).toContainText('第 1 行')
  // A week without hours but on a day long ago: nothing of today is in them.
  await hours.locator('[data-weekday="2"]').fill('休')
  await hours.getByTestId('special-days').fill('2020-11-11 8:00-26:00')
  await network.cut()
  await save.click()
  await expect(rules.getByText('网络断了，还没有保存')).toBeVisible()
  await network.restore()
  await save.click()
  await expect(hours.getByText('已保存')).toBeVisible()
  await expect(rules.getByText('网络断了，还没有保存')).toBeHidden()

  await desk.open('/desk/figures')
  await screen.lastSevenDays.click()
  const median = screen.defined('first-median')
  await median.locator('summary').click()
  await expect(median).toContainText('只看营业时间 没有可算的')
  await rules.locator('summary').click()
  await expect(hours.getByTestId('special-days')).toHaveValue('2020-11-11 8:00-26:00')
})

test('a channel has hours of its own, which are told from those of the shop and taken away again', async ({
  desk,
  shopper,
}) => {
  await desk.startWith(supervisor, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.open('/desk/figures')
  const screen = new Figures(desk.page)
  const rules = desk.page.getByTestId('figure-rules')
  const hours = rules.getByTestId('hours')
  await rules.locator('summary').click()
  const save = hours.getByRole('button', { name: '保存' })
  const monday = hours.locator('[data-weekday="0"]')
  await monday.fill('9-18')
  await save.click()
  await expect(hours.getByText('已保存')).toBeVisible()

  const whose = hours.getByTestId('whose-hours')
  const channel = await whose.locator('option').filter({ hasText: '渠道' }).first().getAttribute('value')
  await whose.selectOption(channel)
  await expect(hours.getByTestId('like-others')).toContainText('和它的团队一样')
  await expect(monday).toBeHidden()
  await expect(hours.getByLabel('时区')).toBeHidden()
  await hours.getByRole('button', { name: '单独设' }).click()
  await expect(monday).toHaveValue('9:00-18:00')
  for (let day = 0; day < 7; day += 1) await hours.locator(`[data-weekday="${day}"]`).fill('休')
  await monday.fill('九点到五点')
  await whose.selectOption('')
  await expect(monday).toHaveValue('9:00-18:00')
  await expect(whose.locator(`option[value="${channel}"]`)).toContainText('（没保存）')
  await whose.selectOption(channel)
  await expect(monday).toHaveValue('九点到五点')
  await save.click()
  await expect(hours.getByRole('alert')).toContainText('周一')
  await monday.fill('休')
  await save.click()
  await expect(hours.getByText('已保存')).toBeVisible()
  await expect(whose.locator('option:checked')).toContainText('（单独设）')
  await whose.selectOption({ label: '全店' })
  await expect(monday).toHaveValue('9:00-18:00')

  // The shop is open; the channel through which the shopper wrote never is.
  await desk.open('/desk/figures')
  await screen.lastSevenDays.click()
  const median = screen.defined('first-median')
  await median.locator('summary').click()
  await expect(median).toContainText('只看营业时间 没有可算的')
  await rules.locator('summary').click()
  await whose.selectOption(channel)
  await expect(hours.locator('[data-weekday="6"]')).toHaveValue('休')
  await hours.getByRole('button', { name: '不再单独设' }).click()
  await expect(hours.getByText('已保存')).toBeVisible()
  await expect(hours.getByTestId('like-others')).toBeVisible()
  await expect(whose.locator('option:checked')).not.toContainText('（单独设）')
})

test('a shop changes a figure and makes one of its own, and sees before what it would have been', async ({ desk, shopper }) => {
  await desk.startWith(supervisor, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.open('/desk/figures')
  await desk.page.getByTestId('figure-rules').locator('summary').click()
  const form = desk.page.getByTestId('own-figures')
  await expect(form.getByRole('alert')).toContainText('请起个名称')
  await form.getByTestId('figure-name').fill('一小时回复率')
  await form.getByLabel('达标秒数').fill('3600')
  const merge = form.getByLabel('回答前连问几句')
  await merge.selectOption({ label: '并成一次，从最后一句算' })
  await expect(form.getByText('从顾客在回答前的最后一句到第一个人工回答')).toBeVisible()
  await merge.selectOption({ label: '每句各算一次' })
  await expect(form.getByText('顾客的每一句各算一次')).toBeVisible()
  await form.getByLabel('量什么').selectOption({ label: '处理时长' })
  await expect(merge).toBeHidden()
  await form.getByLabel('量什么').selectOption({ label: '每一轮响应' })
  await expect(merge).toHaveValue('2')
  await form.getByRole('button', { name: '试算近 31 天' }).click()
  await expect(form.getByTestId('figure-trial')).toContainText('100.0%（1 次里 1 次做到）')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('已保存')).toBeVisible()

  await form.getByTestId('which-figure').selectOption({ label: '20 秒回答率' })
  await form.getByLabel('达标秒数').fill('0')
  await form.getByRole('button', { name: '试算近 31 天' }).click()
  await expect(form.getByTestId('figure-trial')).toContainText('0.0%')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('已保存')).toBeVisible()

  await desk.open('/desk/figures')
  const screen = new Figures(desk.page)
  await screen.lastSevenDays.click()
  await expect(screen.defined('answer-20s').locator('summary b')).toHaveText('0.0%')
  const own = desk.page.locator('details[data-figure^="own-"]')
  await expect(own.locator('summary')).toContainText('一小时回复率')
  await expect(own.locator('summary b')).toHaveText('100.0%')

  await desk.page.getByTestId('figure-rules').locator('summary').click()
  await form.getByTestId('which-figure').selectOption('answer-20s')
  await form.getByRole('button', { name: '恢复自带的' }).click()
  await expect(form.getByLabel('达标秒数')).toHaveValue('20')
})

test('a phone without a network reports late, and the day is corrected', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  await desk.startWith(agent, shopper, FIRST)
  await network.cut()
  await expect(desk.banner).toBeVisible()
  await desk.reply('七八泡没有问题。')
  await expect(desk.delivered('queued')).toHaveCount(1)

  const overview = new Desk(await anotherPage(), server.origin)
  await overview.start(supervisor, '/desk/figures')
  const screen = new Figures(overview.page)
  await screen.lastSevenDays.click()
  const replied = screen.defined('reply-rate')
  // Twenty seconds go by: as far as the server knows, nobody answers.
  await expect(replied.locator('summary b')).toHaveText('0.0%', { timeout: 60_000 })
  await network.restore()
  await expect(shopper.answers).toHaveCount(1)
  await expect(replied.locator('summary b')).toHaveText('100.0%', { timeout: 60_000 })
  const longest = screen.defined('longest')
  await longest.locator('summary').click()
  // The whole wait counts, up to what the shopper could read; when it was written stands beside.
  const cases = longest.getByTestId('figure-cases').locator('li')
  await expect(cases).toContainText('断网时写于')
  expect(Number.parseFloat((await cases.locator('b').textContent())!)).toBeGreaterThan(20)
})

test('an agent sees figures of their own', async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, FIRST)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)
  await desk.open('/desk/me')
  const mine = desk.page.getByTestId('my-figures')
  await expect(mine.locator('details[data-figure="median"] summary b')).toContainText('秒')
  await mine.locator('details[data-figure="median"] summary').click()
  await expect(mine.getByTestId('figure-cases').locator('li')).toHaveCount(1)
})
