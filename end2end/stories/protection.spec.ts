import type { Page } from '@playwright/test'

import type { Desk } from '../pages/desk.ts'
import { Session } from '../support/api.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '我的手机号是13900001234，能改地址吗'
const REPLY = '可以改，地址发我就行。'
const DRAFT = '收件人的姓名也请'
const PIN = '246810'

/** Everything that the browser keeps under this address, as a script that looks through it would read it. */
async function keptInBrowser(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const plain = (value: unknown): string => (value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value))
    let all = JSON.stringify({ ...localStorage })
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name!))
      for (const store of database.objectStoreNames) {
        const values = await done(database.transaction(store).objectStore(store).getAll())
        all += values.map(plain).join('\n')
      }
      database.close()
    }
    return all
  })
}

/** The desk with a question, an answer and a draft on the device. */
async function workOn(desk: Desk, shopper: { ask(words: string): Promise<void> }): Promise<void> {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.reply(REPLY)
  await expect(desk.delivered('sent')).toHaveText(new RegExp(REPLY))
  await desk.composer.fill(DRAFT)
}

async function setPin(desk: Desk): Promise<void> {
  const { page } = desk
  await desk.open('/desk/me')
  await page.getByTestId('set-pin').click()
  await page.getByTestId('new-pin').fill(PIN)
  await page.getByTestId('new-pin-again').fill('246811')
  await page.getByTestId('keep-pin').click()
  await expect(page.getByRole('alert').filter({ hasText: '不一样' })).toBeVisible()
  await page.getByTestId('new-pin-again').fill(PIN)
  await page.getByTestId('keep-pin').click()
  await expect(page.getByTestId('lock')).toBeVisible()
}

test('what customers wrote is nowhere in the browser’s storage to be read', async ({ desk, shopper }) => {
  await workOn(desk, shopper)
  await desk.page.reload()
  await expect(desk.composer).toHaveValue(DRAFT)
  const kept = await keptInBrowser(desk.page)
  expect(kept).toContain('"title"')
  for (const words of ['13900001234', REPLY, DRAFT]) expect(kept).not.toContain(words)
})

test('a PIN opens the desk, offline too, and nothing else does', async ({ desk, shopper, network }) => {
  await workOn(desk, shopper)
  await setPin(desk)
  await desk.readyForOffline()
  await network.cut()
  const { page } = desk
  await page.getByTestId('lock').click()
  await page.getByTestId('pin').fill('000000')
  await page.getByTestId('unlock').click()
  await expect(page.getByRole('alert').filter({ hasText: 'PIN 不对' })).toBeVisible()
  await page.getByTestId('pin').fill(PIN)
  await page.getByTestId('unlock').click()
  await desk.openConversation(REPLY)
  await expect(desk.composer).toHaveValue(DRAFT)
})

test('a lost phone that was cut off wipes itself although nobody knows its PIN', async ({ desk, shopper, server }) => {
  await workOn(desk, shopper)
  await setPin(desk)
  const { page } = desk
  const owner = await Session.signIn(server.origin, supervisor)
  const { devices } = await owner.get<{ devices: { id: string }[] }>('/api/devices?of=shop')
  expect(devices).toHaveLength(1)
  await page.goto('about:blank')
  await owner.post(`/api/devices/${devices[0]!.id}/cut-off`, {})
  await page.goto(`${desk.origin}/desk`)
  await expect(page.getByTestId('was-cut-off')).toBeVisible()
  await expect.poll(() => page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0)
})

test('without the PIN the device can be emptied and begun anew', async ({ desk, shopper }) => {
  await workOn(desk, shopper)
  await setPin(desk)
  const { page } = desk
  await page.getByTestId('lock').click()
  await page.getByText('忘了 PIN？').click()
  await page.getByTestId('empty-device').click()
  await desk.signIn(agent)
  await desk.openConversation(REPLY)
  await expect(desk.composer).toHaveValue('')
})
