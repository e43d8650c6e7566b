import type { Page } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { agent, colleague, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '退货的运费谁出'
/** The greeting is due after fifteen seconds. */
const LATE_MS = 30_000

const rows = (page: Page) => page.getByTestId('now-row')
const notices = (page: Page) => page.getByTestId('notices')

test('a wait turns amber, then red, is handed to a colleague and ends', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await other.start(colleague)
  await desk.start(supervisor)
  await desk.open('/desk/now')
  await expect(desk.page.getByTestId('now-count')).toHaveText('0')
  await expect(notices(desk.page)).toContainText('一切正常')

  await shopper.ask(QUESTION)
  const row = rows(desk.page).filter({ hasText: QUESTION })
  await expect(row.getByTestId('clock')).toHaveAttribute('data-state', 'calm')
  await expect(desk.page.getByTestId('now-count')).toHaveText('1')
  await expect(row.getByTestId('clock')).toHaveAttribute('data-state', 'soon', { timeout: LATE_MS })
  await expect(notices(desk.page)).toContainText('1 位顾客快超时')
  await expect(row.getByTestId('clock')).toHaveAttribute('data-state', 'overdue', { timeout: LATE_MS })
  await expect(notices(desk.page)).toContainText('1 位顾客等超时了')
  await expect(desk.page.getByTestId('now-longest')).toHaveAttribute('data-kind', 'late')

  // The level asks for twenty seconds; from then on the question counts as late, however soon it is answered.
  await expect(notices(desk.page)).toContainText('0% 达标，低于目标 90%', { timeout: LATE_MS })

  await row.getByTestId('transfer').click()
  await desk.page.getByTestId('colleague').filter({ hasText: '陆遥' }).click()
  await desk.page.getByTestId('transfer-send').click()
  await expect(row).toContainText('1002')
  await expect(desk.page.getByTestId('now-agents').locator('tr', { hasText: '1002' })).toContainText('在岗')

  await expect(other.row(QUESTION).getByTestId('handed')).toBeVisible()
  await other.openConversation(QUESTION)
  await other.reply('亲，质量问题我们出来回运费。')
  await expect(rows(desk.page)).toHaveCount(0)
  await expect(desk.page.getByTestId('now-count')).toHaveText('0')
  await expect(desk.page.getByTestId('now-level')).toHaveText('0%')
})

test('a whisper reaches the agent and not the shopper, and goes once it was heard', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await other.startWith(agent, shopper, QUESTION)
  await other.page.getByRole('button', { name: '接手' }).click()
  await desk.start(supervisor)
  await desk.open('/desk/now')
  const row = rows(desk.page).filter({ hasText: QUESTION })
  await expect(row).toContainText('1001')

  await row.getByTestId('whisper').click()
  await desk.page.getByTestId('whisper-send').click()
  await expect(desk.page.getByRole('dialog')).toContainText('写一句再发')
  await desk.page.getByTestId('whisper-words').fill('先道歉，再说运费我们出')
  await desk.page.getByTestId('whisper-send').click()
  await expect(desk.page.getByRole('dialog')).toHaveCount(0)

  const heard = other.page.getByTestId('whispered')
  await expect(heard).toContainText('先道歉，再说运费我们出')
  await heard.getByRole('button').click()
  await expect(heard).toHaveCount(0)
  await shopper.page.reload()
  await expect(shopper.message(QUESTION)).toHaveCount(1)
  await expect(shopper.page.locator('body')).not.toContainText('先道歉')
})

test('the shop writes its own surge plan, which says whom to bring in; without a network the clocks go on', async ({
  desk,
  shopper,
  network,
}) => {
  await desk.start(supervisor)
  await desk.open('/desk/figures')
  await desk.page.getByTestId('figure-rules').locator('summary').first().click()
  const plan = desk.page.getByTestId('surge-plan')
  await plan.getByTestId('surge-steps').fill('很多人 叫店长来')
  await plan.getByRole('button').click()
  await expect(plan).toContainText('第 1 行看不懂')
  await plan.getByTestId('surge-steps').fill('0 0 叫店长来 / Call the manager')
  await plan.getByTestId('surge-release-at').fill('0')
  await plan.getByRole('button').click()
  await expect(plan).toContainText('已保存')

  await desk.open('/desk/now')
  await expect(desk.page.getByTestId('surge')).toContainText('不用加人')
  await shopper.ask(QUESTION)
  await expect(desk.page.getByTestId('surge').locator('li.applies')).toContainText('叫店长来', { timeout: LATE_MS })

  await network.cut()
  await expect(desk.page.getByTestId('now-standing')).toContainText('网络断了', { timeout: LATE_MS })
  const row = rows(desk.page).filter({ hasText: QUESTION })
  const clock = row.getByTestId('clock')
  const before = await clock.textContent()
  await expect(clock).not.toHaveText(before!)
  await expect(row).toContainText('还没人接')
})
