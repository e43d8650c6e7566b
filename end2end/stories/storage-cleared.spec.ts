import type { Page } from '@playwright/test'

import type { Desk } from '../pages/desk.ts'
import type { Shopper } from '../pages/shopper.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '这条裙子会不会透'
const AFTERWARDS = '那我拍白色的'
const REPLIES = ['有内衬，不透的。', '浅色建议穿肤色内搭。', '白色也有现货。'] as const

const shown = (words: readonly string[]): RegExp[] => words.map((word) => new RegExp(word))

/** What a browser clears of a site: its databases alone, or everything, the sign-in too. */
type Cleared = 'indexeddb' | 'all'

async function clear(page: Page, origin: string, storageTypes: Cleared): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes })
  await session.detach()
}

/** Two replies were sent from the conversation. */
async function twoSent(desk: Desk, shopper: Shopper): Promise<void> {
  await desk.startWith(agent, shopper, QUESTION)
  for (const reply of REPLIES.slice(0, 2)) await desk.reply(reply)
  await expect(desk.delivered('sent')).toHaveCount(2)
}

async function standOnce(desk: Desk, shopper: Shopper): Promise<void> {
  await expect(desk.delivered('sent')).toHaveText(shown(REPLIES), { timeout: 60_000 })
  await expect(desk.delivered('queued')).toHaveCount(0)
  await expect(desk.delivered('held')).toHaveCount(0)
  await expect(shopper.answers).toHaveText(shown(REPLIES))
}

for (const what of ['indexeddb', 'all'] as const) {
  const named = what === 'all' ? 'everything of the site' : 'its databases'
  test(`the browser cleared ${named} between two visits: the desk begins anew, and nothing goes out twice`, async ({
    desk,
    shopper,
    network,
  }) => {
    await twoSent(desk, shopper)
    const conversation = desk.page.url()
    await desk.page.goto(`${network.origin}/healthz`)
    await clear(desk.page, network.origin, what)
    await desk.page.goto(conversation)
    if (what === 'all') {
      await desk.signIn(agent)
      await desk.page.goto(conversation)
    }
    await expect(desk.delivered('sent')).toHaveText(shown(REPLIES.slice(0, 2)))
    await desk.reply(REPLIES[2])
    await standOnce(desk, shopper)
  })
}

test('the databases are cleared under an open desk: the words stay in sight until they can be kept, and arrive once', async ({
  desk,
  shopper,
  network,
}) => {
  await twoSent(desk, shopper)
  await clear(desk.page, network.origin, 'indexeddb')
  await expect(desk.page.getByText('浏览器清空了本机的存储')).toBeVisible()
  await shopper.write(AFTERWARDS)
  await expect(desk.message(AFTERWARDS)).toHaveCount(1)
  await desk.composer.fill(REPLIES[2])
  await desk.pressSend()
  await expect(desk.page.getByText('没能存下')).toBeVisible()
  await expect(desk.composer).toHaveValue(REPLIES[2])
  await desk.page.getByRole('button', { name: '刷新' }).click()
  await expect(desk.delivered('sent')).toHaveText(shown(REPLIES.slice(0, 2)))
  await desk.reply(REPLIES[2])
  await standOnce(desk, shopper)
  await expect(desk.message(AFTERWARDS)).toHaveCount(1)
})
