import type { Page } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '茶杯可以单买吗'
const REPLIES = ['可以单买。', '也有成对的。', '链接这就发您。'] as const

test('two tabs of one browser write without a network: everything arrives once, in the order it was written', async ({
  desk,
  shopper,
  network,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  const other = await desk.anotherTab(QUESTION)

  await network.cut()
  await expect(desk.banner).toBeVisible()
  await expect(other.banner).toBeVisible()
  await desk.reply(REPLIES[0])
  await expect(desk.delivered('queued')).toHaveCount(1)
  await other.reply(REPLIES[1])
  await expect(other.delivered('queued')).toHaveText([new RegExp(REPLIES[0]), new RegExp(REPLIES[1])])
  await desk.reply(REPLIES[2])
  await expect(desk.delivered('queued')).toHaveText(REPLIES.map((words) => new RegExp(words)))

  await network.restore()
  for (const tab of [desk, other]) {
    await expect(tab.delivered('sent')).toHaveText(REPLIES.map((words) => new RegExp(words)), { timeout: 60_000 })
    await expect(tab.delivered('queued')).toHaveCount(0)
    await expect(tab.delivered('held')).toHaveCount(0)
  }
  await expect(shopper.answers).toHaveText(REPLIES.map((words) => new RegExp(words)))
})

test('what a tab had queued when it was closed goes out from the other', async ({ desk, shopper, network }) => {
  await desk.startWith(agent, shopper, QUESTION)
  const closed = await desk.anotherTab(QUESTION)

  await network.cut()
  await expect(closed.banner).toBeVisible()
  await closed.reply(REPLIES[0])
  await expect(closed.delivered('queued')).toHaveCount(1)
  await closed.page.close()
  await network.restore()
  await expect(desk.delivered('sent')).toHaveText(new RegExp(REPLIES[0]), { timeout: 60_000 })
  await expect(shopper.answers).toHaveText([new RegExp(REPLIES[0])])
})

test('what one tab got back is held in the other, too, until one of them gives it up', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  const other = await desk.anotherTab(QUESTION)
  const elsewhere = new Desk(await anotherPage(), server.origin)
  await elsewhere.start(agent)
  await elsewhere.openConversation(QUESTION)

  await network.cut()
  await desk.reply(REPLIES[0])
  await expect(desk.delivered('queued')).toHaveCount(1)
  await elsewhere.reply(REPLIES[1])
  await expect(elsewhere.delivered('sent')).toHaveCount(1)
  await network.restore()
  for (const tab of [desk, other]) {
    await expect(tab.delivered('held')).toHaveText(new RegExp(REPLIES[0]), { timeout: 60_000 })
  }

  await other.page.getByRole('button', { name: '丢弃' }).click()
  await expect(other.delivered('held')).toHaveCount(0)
  await shopper.write('好的')
  await expect(desk.message('好的')).toBeVisible()
  await expect(desk.delivered('held')).toHaveCount(0)
  await expect(shopper.answers).toHaveText([new RegExp(REPLIES[1])])
})

test('of two tabs one listens to the server, and the other takes over when that one is closed', async ({
  desk,
  shopper,
  network,
}) => {
  const listens = (page: Page) => page.waitForRequest('**/sync/live*')
  const first = listens(desk.page)
  await desk.start(agent)
  await first
  const other = new Desk(await desk.page.context().newPage(), network.origin)
  let connections = 0
  other.page.on('request', (request) => (connections += new URL(request.url()).pathname === '/sync/live' ? 1 : 0))
  await other.open()
  await shopper.ask(QUESTION)
  for (const tab of [desk, other]) await expect(tab.row(QUESTION)).toBeVisible()
  expect(connections).toBe(0)

  const second = listens(other.page)
  await desk.page.close()
  await second
  await shopper.write('另外，什么时候发货')
  await expect(other.row('另外，什么时候发货')).toBeVisible()
})

test('one of two tabs is frozen, and the other one writes and listens; awake again, both show the same once', async ({
  desk,
  shopper,
  network,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  const other = await desk.anotherTab(QUESTION)
  await network.cut()
  await desk.reply(REPLIES[0])
  await expect(desk.delivered('queued')).toHaveCount(1)

  // The first one listens for both, and has work of its own in the outbox.
  // A visible tab is not frozen by Chromium; paused in the middle of its program it stands as still as one that is.
  const session = await desk.page.context().newCDPSession(desk.page)
  await session.send('Debugger.enable')
  const stands = new Promise((paused) => session.once('Debugger.paused', paused))
  await session.send('Debugger.pause')
  await stands
  await network.restore()
  await other.reply(REPLIES[1])
  const both = [new RegExp(REPLIES[0]), new RegExp(REPLIES[1])]
  await expect(other.delivered('sent')).toHaveText(both, { timeout: 60_000 })
  await expect(shopper.answers).toHaveText(both)
  await shopper.write('好的，谢谢')
  await expect(other.message('好的，谢谢')).toHaveCount(1, { timeout: 60_000 })

  await session.send('Debugger.resume')
  await session.send('Debugger.disable')
  await expect(desk.message('好的，谢谢')).toHaveCount(1, { timeout: 60_000 })
  await desk.reply(REPLIES[2])
  for (const tab of [desk, other]) {
    await expect(tab.delivered('sent')).toHaveText(REPLIES.map((words) => new RegExp(words)), { timeout: 60_000 })
    for (const none of ['queued', 'held'] as const) await expect(tab.delivered(none)).toHaveCount(0)
  }
  await expect(shopper.answers).toHaveText(REPLIES.map((words) => new RegExp(words)))
})
