import type { Page } from '@playwright/test'

import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'
import { TERSE } from '../support/terse.ts'

const QUESTION = '这款茶能冷泡吗'
const REPLIES = ['亲，可以的。', '冷水泡四个小时就好。', '放冰箱一天内喝完。'] as const
const JSON_TYPE = 'application/json'

const shown = REPLIES.map((words) => new RegExp(words))

/** In which forms the desk says its pushes, each of which a server or something before it refuses with a status, if any. */
async function pushes(page: Page, refusal?: { status: number; body: string }): Promise<string[]> {
  const forms: string[] = []
  await page.route('**/sync/push', async (route) => {
    const form = (await route.request().headerValue('content-type')) ?? ''
    forms.push(form)
    await (form === TERSE && refusal !== undefined ? route.fulfill(refusal) : route.continue())
  })
  return forms
}

test('replies are said tersely to a server that reads that, and arrive as they were written', async ({ desk, shopper }) => {
  const forms = await pushes(desk.page)
  await desk.startWith(agent, shopper, QUESTION)
  for (const words of REPLIES) await desk.reply(words)
  await expect(desk.delivered('sent')).toHaveText(shown)
  await expect(shopper.answers).toHaveText(shown)
  expect(new Set(forms)).toEqual(new Set([TERSE]))
})

for (const [who, refusal] of [
  ['an older server', { status: 415, body: '{"error":"not_json"}' }],
  ['a gateway that knows only JSON', { status: 403, body: '<h1>Forbidden</h1>' }],
] as const) {
  test(`${who} refuses the terse form: every reply is said as JSON and arrives once`, async ({ desk, shopper }) => {
    const forms = await pushes(desk.page, refusal)
    await desk.startWith(agent, shopper, QUESTION)
    for (const words of REPLIES) await desk.reply(words)
    await expect(desk.delivered('sent')).toHaveText(shown)
    await expect(shopper.answers).toHaveText(shown)
    await expect(desk.banner).toBeHidden()
    // The first word to the server may be of who looks, and is refused by none.
    expect([forms[0], ...new Set(forms.slice(1))]).toEqual([TERSE, JSON_TYPE])
  })
}

test('a server that says nothing of the terse form is told JSON', async ({ desk, shopper }) => {
  await desk.page.route('**/sync/pull', async (route) => {
    const response = await route.fetch()
    const { terse: _, ...answer } = await response.json()
    await route.fulfill({ response, json: answer })
  })
  const forms = await pushes(desk.page)
  await desk.startWith(agent, shopper, QUESTION)
  for (const words of REPLIES) await desk.reply(words)
  await expect(desk.delivered('sent')).toHaveText(shown)
  await expect(shopper.answers).toHaveText(shown)
  expect(new Set(forms)).toEqual(new Set([JSON_TYPE]))
})
