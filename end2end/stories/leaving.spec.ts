import { readFile } from 'node:fs/promises'

import type { Page } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '多久能到'

/** What the desk keeps of anybody on this device. */
async function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name ?? '')
    const notes = ['qinda.session', 'qinda.lease'].filter((key) => localStorage.getItem(key) !== null)
    return [...databases.filter((name) => name.startsWith('qinda-')), ...notes]
  })
}

test('a lost phone is cut off from another device and wipes itself, with every tab of it', async ({
  desk,
  shopper,
  anotherPage,
  server,
}) => {
  await shopper.ask(QUESTION)
  await desk.start(agent)
  await expect(desk.row(QUESTION)).toBeVisible()
  const secondTab = new Desk(await desk.page.context().newPage(), desk.origin)
  await secondTab.open()
  await expect(secondTab.row(QUESTION)).toBeVisible()

  const manager = new Desk(await anotherPage(), server.origin)
  await manager.start(supervisor, '/desk/me')
  const devices = manager.page.getByTestId('devices')
  await devices.getByRole('button', { name: '全店' }).click()
  const lost = devices.locator('.device').filter({ hasText: agent.number })
  await lost.getByRole('button', { name: '移除' }).click()
  await lost.getByRole('button', { name: '确认移除' }).click()
  await expect(lost).toContainText('已移除')

  for (const tab of [desk, secondTab]) await expect(tab.page.getByTestId('was-cut-off')).toBeVisible()
  await expect.poll(() => kept(desk.page)).toEqual([])
  await desk.signIn(agent)
  await expect(desk.row(QUESTION)).toBeVisible()
})

test('a device that did not hear the server for too long locks, keeps what is unsent, and opens at the next contact', async ({
  desk,
  shopper,
  network,
}) => {
  await shopper.ask(QUESTION)
  await desk.start(agent)
  await desk.openConversation(QUESTION)
  await desk.readyForOffline()
  await network.cut()
  await desk.reply('三天左右。')
  await expect(desk.delivered('queued')).toHaveText(/三天左右。/)
  await desk.page.evaluate(() => {
    const lease = JSON.parse(localStorage.getItem('qinda.lease')!)
    localStorage.setItem('qinda.lease', JSON.stringify({ ...lease, until: lease.latest - 1 }))
  })
  const locked = desk.page.getByTestId('lapsed')
  await expect(locked).toContainText('没发出的 1 项还在这台设备上')
  await expect(desk.page.getByText(QUESTION)).toHaveCount(0)
  // Nor after a start without a network.
  await desk.page.reload()
  await expect(locked).toBeVisible()
  await expect(desk.page.getByText(QUESTION)).toHaveCount(0)

  await network.restore()
  await locked.getByRole('button').click()
  await expect(locked).toBeHidden()
  await expect(shopper.answers).toHaveText([/三天左右。/])
})

test('signing out offers what is unsent as a file and leaves nothing', async ({ desk, shopper, network }) => {
  await shopper.ask(QUESTION)
  await desk.start(agent)
  await desk.openConversation(QUESTION)
  await desk.readyForOffline()
  await network.cut()
  await desk.reply('三天左右。')
  await expect(desk.delivered('queued')).toHaveText(/三天左右。/)
  await desk.composer.fill('还没写完')
  await desk.open('/desk/me')

  await desk.page.getByTestId('sign-out').click()
  await expect(desk.page.locator('.sign-out')).toContainText('还有 1 项没有发出，1 份没写完')
  const saving = desk.page.waitForEvent('download')
  await desk.page.getByTestId('export-unsent').click()
  const saved = JSON.parse(await readFile(await (await saving).path(), 'utf8'))
  expect(saved.waiting.map(({ args }: { args: { text: string } }) => args.text)).toEqual(['三天左右。'])
  expect(saved.half_written.map(({ text }: { text: string }) => text)).toEqual(['还没写完'])

  await desk.page.getByTestId('leave').click()
  await expect(desk.signInButton).toBeVisible()
  await expect.poll(() => kept(desk.page)).toEqual([])
})
