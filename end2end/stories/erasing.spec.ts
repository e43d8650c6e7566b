import type { Page } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { Session } from '../support/api.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '我叫林一，几天能到'
const ANSWER = '林女士，三天左右'
const HALF_WRITTEN = '林女士，还有一件'
const LATE = '林女士，已经发了'
const DAY_MICROS = 86_400_000_000

interface Figures {
  readonly figures: readonly { readonly definition: { readonly id: string; readonly measure?: unknown }; readonly value: unknown }[]
}

/** What is told of responses; handling and resolution begin to be told once a chat is closed. */
async function responses(lead: Session): Promise<unknown> {
  const now = Date.now() * 1_000
  const path = `/api/figures/defined?from=${now - DAY_MICROS}&to=${now + DAY_MICROS}`
  const { figures } = await lead.get<Figures>(path)
  const told = figures.filter(({ definition: { id } }) => !/handling|resolution/.test(id))
  expect(told.length).toBeGreaterThan(5)
  return told
}

/** Opens the sheet on which the shopper of the open conversation is erased. */
async function openSheet(desk: Desk): Promise<void> {
  const fold = desk.page.getByTestId('about')
  if (await fold.isVisible()) await fold.locator('summary').click()
  else await desk.page.getByTestId('about-button').click()
  await desk.page.getByTestId('erase').click()
}

const sheetOf = (desk: Desk) => desk.page.getByRole('dialog', { name: '抹除顾客资料' })

/** How many half-written texts lie on the device. */
async function drafts(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let count = 0
    for (const { name } of await indexedDB.databases()) {
      const open = indexedDB.open(name!)
      const database = await new Promise<IDBDatabase>((resolve) => (open.onsuccess = () => resolve(open.result)))
      if (database.objectStoreNames.contains('drafts')) {
        const counted = database.transaction('drafts').objectStore('drafts').count()
        count += await new Promise<number>((resolve) => (counted.onsuccess = () => resolve(counted.result)))
      }
      database.close()
    }
    return count
  })
}

test('a supervisor erases a shopper: the open desk of the agent loses the words, figures stay', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.reply(ANSWER)
  await expect(shopper.answers).toHaveCount(1)
  await desk.composer.fill(HALF_WRITTEN)
  await expect.poll(() => drafts(desk.page)).toBe(1)

  const lead = new Desk(await anotherPage(), server.origin)
  await lead.start(supervisor)
  await lead.openConversation(ANSWER)
  const before = await responses(await Session.signIn(server.origin, supervisor))

  await openSheet(lead)
  const sheet = sheetOf(lead)
  await expect(sheet).toContainText('共 1 个会话，其中 1 个还在进行')
  await expect(sheet).toContainText('不能撤销')
  await sheet.getByTestId('erase-now').click()
  await expect(sheet).toContainText('请先勾选确认')
  await sheet.getByTestId('erase-sure').check()
  await sheet.getByTestId('erase-now').click()

  for (const { page, messages, composer } of [lead, desk]) {
    await expect(page.getByTestId('erased')).toContainText('应顾客要求抹除')
    await expect(messages).toHaveCount(0)
    await expect(composer).toHaveCount(0)
    await expect(page.getByText('林')).toHaveCount(0)
  }
  await expect(desk.rows).toHaveCount(0)
  await desk.page.reload()
  await expect(desk.page.getByTestId('erased')).toBeVisible()
  await expect(desk.page.getByText('林')).toHaveCount(0)
  await expect.poll(() => drafts(desk.page)).toBe(0)

  expect(await responses(await Session.signIn(server.origin, supervisor))).toEqual(before)
  expect(await server.command('figures', 'rebuild')).toContain('其中 0 天与原来不同')
  expect(await server.command('shop', 'erasures')).toContain('2001  1  ')

  // The page of the shopper begins afresh by itself, and who writes again is somebody new.
  await expect(shopper.messages).toHaveCount(0)
  await lead.open()
  await shopper.write('几天到')
  await expect(lead.row('几天到')).toBeVisible()
})

test('a reply that waited offline is refused with the reason and discarded', async ({
  desk,
  shopper,
  server,
  network,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.readyForOffline()
  await network.cut()
  await expect(desk.banner).toBeVisible()
  await desk.reply(LATE)
  await expect(desk.delivered('queued')).toHaveText([new RegExp(LATE)])

  const conversation = new URL(desk.page.url()).pathname.split('/').pop()!
  const lead = await Session.signIn(server.origin, supervisor)
  await lead.post(`/api/conversations/${conversation}/erase-shopper`, {})
  await network.restore()

  const refused = desk.delivered('rejected')
  await expect(refused).toContainText('应其要求抹除')
  await expect(refused.getByRole('button')).toHaveText(['复制', '丢弃'])
  await expect(desk.messages).toHaveCount(1)
  await refused.getByRole('button', { name: '丢弃' }).click()
  await expect(desk.messages).toHaveCount(0)
  await expect(desk.page.getByTestId('erased')).toBeVisible()
})

test('whoever may not erase is not offered it, and without a network it is said what to do', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await other.startWith(agent, shopper, QUESTION)
  const fold = other.page.getByTestId('about')
  if (await fold.isVisible()) await fold.locator('summary').click()
  else await other.page.getByTestId('about-button').click()
  await expect(other.page.getByTestId('about-order')).toBeVisible()
  await expect(other.page.getByTestId('erase')).toHaveCount(0)

  await desk.start(supervisor)
  await desk.openConversation(QUESTION)
  await network.cut()
  await expect(desk.banner).toBeVisible()
  await openSheet(desk)
  const sheet = sheetOf(desk)
  await expect(sheet).toContainText('没有联网')
  await network.restore()
  await expect(desk.banner).toBeHidden()
  await sheet.getByRole('button', { name: '再试一次' }).click()
  await expect(sheet.getByTestId('erase-now')).toBeVisible()
  await expect(desk.message(QUESTION)).toBeVisible()
})
