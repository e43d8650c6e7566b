import type { Page } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { agent } from '../support/members.ts'
import { Release } from '../support/release.ts'
import { expect, test as base } from '../support/stories.ts'

const QUESTION = '茶盘多大尺寸'
const REPLY = '亲，长四十厘米。'
const SECOND = '宽二十五厘米。'
const HALF = '另外还有一款圆的，'

const test = base.extend<{ release: Release; old: Desk }>({
  release: async ({ server }, use) => {
    const release = await Release.start(server.port)
    await use(release)
    await release.cut()
  },
  /** A desk of the older version in the shopper's conversation, which could start without a network. */
  old: async ({ page, release, shopper }, use) => {
    const old = new Desk(page, release.origin)
    await old.startWith(agent, shopper, QUESTION)
    await old.readyForOffline()
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
    await use(old)
  },
})

/** The build that the page runs. */
function build(page: Page): Promise<string | null> {
  return page.locator('meta[name=qinda-build]').getAttribute('content')
}

/** The builds that the device keeps. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('qinda-desk-')))
}

/** Whether a newer worker stands ready and has not taken over. */
function waits(page: Page): Promise<boolean> {
  return page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null)
}

/** The page is looked at again, which is when it asks for a newer version. */
async function lookedAt(page: Page): Promise<void> {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
}

function offer(desk: Desk) {
  return desk.page.getByTestId('link-banner').getByRole('button', { name: '现在更新' })
}

test('a new version is offered, and neither draft nor queued reply is lost when it is taken, even offline', async ({
  old,
  release,
  shopper,
}) => {
  await old.composer.fill(HALF)
  release.publish()
  await lookedAt(old.page)
  await expect(offer(old)).toBeVisible()

  // It is offered and no more: the page stays what it was, also when the network goes.
  await release.cut()
  await expect(old.banner).toBeVisible()
  await expect(old.composer).toHaveValue(HALF)
  expect(await build(old.page)).toBe(release.older)
  expect((await kept(old.page)).sort()).toEqual([release.newer, release.older].map((mark) => `qinda-desk-${mark}`).sort())
  expect(await waits(old.page)).toBe(true)
  await old.reply(REPLY)
  await expect(old.delivered('queued')).toHaveText(new RegExp(REPLY))
  await old.composer.fill(HALF)

  await offer(old).click()
  await expect.poll(() => build(old.page).catch(() => null)).toBe(release.newer)
  await expect(old.composer).toHaveValue(HALF)
  await expect(old.delivered('queued')).toHaveText(new RegExp(REPLY))
  await expect(offer(old)).toBeHidden()
  await expect.poll(() => kept(old.page)).toEqual([`qinda-desk-${release.newer}`])
  await expect(shopper.answers).toHaveCount(0)

  await release.connect()
  await expect(old.delivered('sent')).toHaveText(new RegExp(REPLY), { timeout: 60_000 })
  await expect(shopper.answers).toHaveText([new RegExp(REPLY)])
  await expect(old.composer).toHaveValue(HALF)
})

test('of two tabs one takes the new version: the other goes on in the old one until it is reloaded', async ({
  old,
  release,
  shopper,
}) => {
  const other = new Desk(await old.page.context().newPage(), release.origin)
  await other.page.goto(old.page.url())
  await expect(other.message(QUESTION)).toBeVisible()
  await other.composer.fill(HALF)

  release.publish()
  await lookedAt(old.page)
  await offer(old).click()
  await expect.poll(() => build(old.page).catch(() => null)).toBe(release.newer)
  await expect(old.message(QUESTION)).toBeVisible()

  // Nobody asked the other one.
  expect(await build(other.page)).toBe(release.older)
  await expect(other.composer).toHaveValue(HALF)
  await other.reply(REPLY)
  await expect(other.delivered('sent')).toHaveText(new RegExp(REPLY))
  await old.reply(SECOND)
  for (const tab of [old, other]) {
    await expect(tab.delivered('sent')).toHaveText([new RegExp(REPLY), new RegExp(SECOND)])
  }
  await expect(shopper.answers).toHaveText([new RegExp(REPLY), new RegExp(SECOND)])

  await other.page.reload()
  await expect(other.delivered('sent')).toHaveCount(2)
  expect(await build(other.page)).toBe(release.newer)
})

test('a newer desk in another tab lays the storage out anew: this one lets go, says so, and loses nothing', async ({
  old,
  release,
  shopper,
}) => {
  await old.reply(REPLY)
  await expect(old.delivered('sent')).toHaveCount(1)
  await old.composer.fill(HALF)
  const other = await old.page.context().newPage()
  await other.goto(`${release.origin}/healthz`)
  await other.evaluate(layOutAnew)
  await expect(old.banner).toContainText('另一个标签页')
  await old.page.getByTestId('link-banner').getByRole('button', { name: '刷新' }).click()

  // The server is still the older one, and what a newer layout added is in nobody's way.
  await expect(old.composer).toHaveValue(HALF)
  await old.reply(SECOND)
  await expect(old.delivered('sent')).toHaveText([new RegExp(REPLY), new RegExp(SECOND)])
  await expect(shopper.answers).toHaveText([new RegExp(REPLY), new RegExp(SECOND)])
})

/** What a desk of a newer version does with each database as it starts. Ends once all of them are laid out anew. */
async function layOutAnew(): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name?.startsWith('qinda-') ? [name] : []))
  await Promise.all(
    names.map(
      (name) =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open(name, 2)
          request.onupgradeneeded = () => request.result.createObjectStore('of-a-newer-desk')
          request.onsuccess = () => resolve(request.result.close())
          request.onerror = () => reject(request.error)
        }),
    ),
  )
}
