import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Desk } from '../pages/desk.ts'
import { Figures } from '../pages/figures.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '这款岩茶耐泡吗'

test('a supervisor reads the report of the day, and it says what the desk says', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.reply('七八泡没有问题。')
  await expect(shopper.answers).toHaveCount(1)

  const overview = new Desk(await anotherPage(), server.origin)
  await overview.start(supervisor, '/desk/figures')
  const median = new Figures(overview.page).defined('first-median').locator('summary b')
  const said = (await median.textContent())!
  const opened = overview.page.waitForEvent('popup')
  await overview.page.getByRole('link', { name: '日报 / 周报 / 月报' }).click()
  const report = await opened
  await expect(report.locator('.sentence')).toContainText('顾客问了 1 轮')
  await expect(report.getByRole('row', { name: '首次响应中位数' }).first()).toContainText(said)
  await expect(report.getByRole('row', { name: new RegExp(agent.number) }).first()).toBeVisible()
  // On paper there are no links to other days, and nothing is wider than the sheet.
  await report.emulateMedia({ media: 'print' })
  await expect(report.locator('nav')).toBeHidden()
})

test('a report is sent to try out where reports go; what is wrong with an address is said', async ({ desk, server }) => {
  const taken: string[] = []
  const hook = createServer((request, response) => {
    request.on('data', (part) => taken.push(String(part)))
    request.on('end', () => response.writeHead(204).end())
  }).listen(0, '127.0.0.1')
  await once(hook, 'listening')
  const address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`

  await desk.start(supervisor, '/desk/figures')
  const page = desk.page
  await page.goto(`${server.origin}/report/settings`)
  const told = page.getByRole('status')
  await page.getByRole('button', { name: '保存并试发一份' }).click()
  await expect(told).toContainText('要有发送地址')
  await page.getByLabel('发到哪个地址').fill(address)
  await page.getByRole('button', { name: '保存并试发一份' }).click()
  // Nothing goes to a private network that the operator did not open.
  await expect(told).toContainText('没送到：这是内网地址')
  expect(taken).toEqual([])
  await expect(page.getByLabel('发到哪个地址')).toHaveValue(address)
  hook.close()
})
