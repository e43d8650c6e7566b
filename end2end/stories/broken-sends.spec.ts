import type { Desk } from '../pages/desk.ts'
import type { Shopper } from '../pages/shopper.ts'
import { agent } from '../support/members.ts'
import type { Moment } from '../support/proxy.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '杯盖能单独补一个吗'
const REPLIES = ['可以补的。', '您把订单号发我。', '补发不收运费。'] as const
const AFTERWARDS = '好的，订单号稍后发您'
/** The desk looks at the server by itself every half minute. */
const LOOKS_BY_ITSELF_MS = 60_000

const shown = (words: readonly string[]): RegExp[] => words.map((word) => new RegExp(word))

async function inConversation(desk: Desk, shopper: Shopper): Promise<void> {
  await desk.startWith(agent, shopper, QUESTION)
}

/** All replies stand once and in order on both sides, now and for whoever looks anew. */
async function standOnce(desk: Desk, shopper: Shopper): Promise<void> {
  await expect(desk.delivered('sent')).toHaveText(shown(REPLIES), { timeout: 60_000 })
  for (const other of ['queued', 'held', 'rejected'] as const) await expect(desk.delivered(other)).toHaveCount(0)
  await expect(shopper.answers).toHaveText(shown(REPLIES))
  await desk.page.reload()
  await expect(desk.delivered('sent')).toHaveText(shown(REPLIES))
  await shopper.page.reload()
  await expect(shopper.answers).toHaveText(shown(REPLIES))
}

/** Where a send breaks, and which replies the shopper has by then. */
const BREAKS: readonly (readonly [string, Moment, readonly string[]])[] = [
  ['before anything of it reaches the server', 'before', REPLIES.slice(0, 1)],
  ['in the middle of the request', 'inside', REPLIES.slice(0, 1)],
  ['after the commit and before the answer', 'after', REPLIES.slice(0, 2)],
]

for (const [where, moment, arrived] of BREAKS) {
  test(`a send breaks ${where}: it shows as queued, and then every reply arrives once, in order`, async ({
    desk,
    shopper,
    network,
  }) => {
    await inConversation(desk, shopper)
    await desk.reply(REPLIES[0])
    await expect(desk.delivered('sent')).toHaveText(shown(REPLIES.slice(0, 1)))

    // Otherwise the live channel may bring the verdict before the answer to the push is lost.
    if (moment === 'after') network.silence('/sync/live')
    const broken = network.breakAt(moment, '/sync/push')
    await desk.reply(REPLIES[1])
    await broken
    await expect(desk.banner).toBeVisible()
    await expect(shopper.answers).toHaveText(shown(arrived))
    await desk.reply(REPLIES[2])
    await expect(desk.delivered('queued')).toHaveText(shown(REPLIES.slice(1)))
    await expect(desk.delivered('sent')).toHaveText(shown(REPLIES.slice(0, 1)))
    await expect(shopper.answers).toHaveText(shown(arrived))

    await network.restore()
    await standOnce(desk, shopper)
  })
}

for (const [what, address] of [
  ['the answer to a pull', '/sync/pull'],
  ['a page of the live channel', '/sync/live'],
] as const) {
  test(`${what} breaks off: what it brought comes once with the next`, async ({ desk, shopper, network }) => {
    const listens = desk.page.waitForResponse('**/sync/live*')
    await inConversation(desk, shopper)
    await listens
    const isPull = address === '/sync/pull'
    if (isPull) network.silence('/sync/live')
    const broken = network.breakAt('after', address)
    await shopper.write(AFTERWARDS)
    // A desk that hears nothing looks by itself, at the latest when somebody comes back to it.
    if (isPull) await desk.page.evaluate(() => window.dispatchEvent(new Event('online')))
    await broken
    await expect(desk.banner).toBeVisible()
    await expect(desk.message(AFTERWARDS)).toHaveCount(0)
    await network.restore()
    await expect(desk.message(AFTERWARDS)).toHaveCount(1, { timeout: 60_000 })
    for (const reply of REPLIES) await desk.reply(reply)
    await standOnce(desk, shopper)
    await expect(desk.message(AFTERWARDS)).toHaveCount(1)
  })
}

for (const how of ['end', 'silence'] as const) {
  const what = how === 'end' ? 'breaks' : 'falls silent'
  test(`the live channel ${what}: replies leave at once, and what the shopper writes still comes once`, async ({
    desk,
    shopper,
    network,
  }) => {
    const listens = desk.page.waitForResponse('**/sync/live*')
    await inConversation(desk, shopper)
    await listens
    await desk.reply(REPLIES[0])
    await expect(desk.delivered('sent')).toHaveCount(1)

    network[how]('/sync/live')
    await desk.reply(REPLIES[1])
    await expect(desk.delivered('sent')).toHaveText(shown(REPLIES.slice(0, 2)))
    await expect(shopper.answers).toHaveText(shown(REPLIES.slice(0, 2)))
    await shopper.write(AFTERWARDS)
    await expect(desk.message(AFTERWARDS)).toHaveCount(1, { timeout: LOOKS_BY_ITSELF_MS })
    await expect(desk.banner).toBeHidden()
    await desk.reply(REPLIES[2])
    await standOnce(desk, shopper)
  })
}
