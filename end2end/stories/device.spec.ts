import type { Page } from '@playwright/test'

import { agent } from '../support/members.ts'
import { databases, setBack } from '../support/storage.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '多久能到'
const DAY_MS = 86_400_000

/** Sets the clock of the device wrong by that much, for the page and whatever runs in it. */
async function setClockWrong(page: Page, wrongMs: number): Promise<void> {
  await page.addInitScript((shift) => {
    const TrueDate = Date
    const now = () => TrueDate.now() + shift
    globalThis.Date = new Proxy(TrueDate, {
      construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given),
      apply: () => new TrueDate(now()).toString(),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    })
  }, wrongMs)
}

for (const [how, wrongMs] of [
  ['fast', DAY_MS],
  ['slow', -DAY_MS],
] as const) {
  test(`a device whose clock is a day ${how} shows the true wait and sends`, async ({ desk, shopper }) => {
    await setClockWrong(desk.page, wrongMs)
    await desk.start(agent)
    await shopper.ask(QUESTION)
    await expect(desk.clock(QUESTION)).toHaveAttribute('data-state', 'calm')
    await expect(desk.clock(QUESTION)).toHaveText(/0:(0\d|1[0-4])/)
    await desk.openConversation(QUESTION)
    await desk.reply('三天左右。')
    await expect(desk.delivered('sent')).toHaveText(/三天左右。/)
    await expect(shopper.answers).toHaveText([/三天左右。/])
  })
}

test('a browser that refuses storage is told so in plain words and can still answer', async ({ desk, shopper }) => {
  await desk.page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission.', 'SecurityError')
    }
  })
  await desk.start(agent)
  await expect(desk.banner).toContainText('浏览器')
  await shopper.ask(QUESTION)
  await desk.openConversation(QUESTION)
  await desk.reply('三天左右。')
  await expect(shopper.answers).toHaveText([/三天左右。/])
})

for (const [what, start] of [
  ['outbox', 'qinda-outbox-'],
  ['whole storage', 'qinda-'],
] as const) {
  test(`a device whose ${what} was set back sends what is written then, and nothing twice`, async ({
    desk,
    shopper,
    network,
  }) => {
    await desk.startWith(agent, shopper, QUESTION)
    const conversation = desk.page.url()
    const before = await databases(desk.page, start)
    await desk.reply('三天左右。')
    await desk.reply('不算周末。')
    await expect(desk.delivered('sent')).toHaveCount(2)

    // Away from the desk, so that no tab has the storage open.
    await desk.page.goto(`${network.origin}/healthz`)
    await setBack(desk.page, before)
    await desk.page.goto(conversation)
    await expect(desk.delivered('sent')).toHaveCount(2)
    await desk.reply('急的话可以发顺丰。')
    const all = [/三天左右。/, /不算周末。/, /急的话可以发顺丰。/]
    await expect(desk.delivered('sent')).toHaveText(all)
    await expect(desk.delivered('queued')).toHaveCount(0)
    await expect(shopper.answers).toHaveText(all)
  })
}
