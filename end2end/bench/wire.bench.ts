import type { Page, Request, Response } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { Shopper } from '../pages/shopper.ts'
import { chromium } from '../support/browser.ts'
import { agent } from '../support/members.ts'
import { Proxy } from '../support/proxy.ts'
import { type Scene, expect, test } from '../support/stories.ts'
import { printHeading, printTable } from './print.ts'
import { Front } from './secure.ts'

/** What an agent of a small shop does in an hour, of which some minutes are told here. */
const CHATS = 6
const QUESTIONS = 3
const QUIET_SECONDS = 300
/** After this long a desk that was opened has read what there is. */
const SETTLED_MS = 5_000
const HOUR_SECONDS = 3_600

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(0)

/** The JSON that the page sent and got, as long as it is before anything packs it. */
class Json {
  bytes = 0
  #bodies: Promise<void>[] = []

  sent(request: Request): void {
    this.bytes += request.postDataBuffer()?.length ?? 0
  }

  got(response: Response): void {
    if (!response.headers()['content-type']?.startsWith('application/json')) return
    // What the page left before it was read counts for nothing.
    const body = response.body().then(({ length }) => length)
    this.#bodies.push(body.catch(() => 0).then((length) => void (this.bytes += length)))
  }

  /** What the live channel tells is JSON as well. */
  async listenIn(page: Page): Promise<void> {
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    session.on('Network.eventSourceMessageReceived', ({ data }) => void (this.bytes += Buffer.byteLength(data)))
  }

  async all(): Promise<number> {
    await Promise.all(this.#bodies)
    return this.bytes
  }
}

const launched = chromium.launchOptions!

test.use({ launchOptions: { ...launched, args: [...launched.args!, '--ignore-certificate-errors'] } })

test('the bytes of an hour, straight at the server', async ({ desk, network, shopper, server, anotherPage }) => {
  const rows = await hour(desk, network, { shopper, server, anotherPage })
  printHeading('What goes over the wire between a desk and the server, heads of the requests and all: plain HTTP/1.1')
  printTable(rows)
})

test('the bytes of an hour, behind TLS and HTTP/2', async ({ page, shopper, server, anotherPage }) => {
  const front = await Front.start(server.port)
  const network = await Proxy.start(front.port)
  const desk = new Desk(page, network.origin.replace('http:', 'https:'))
  const rows = await hour(desk, network, { shopper, server, anotherPage })
  printHeading('The same behind a front as in the operations guide: TLS, HTTP/2, packed heads')
  printTable(rows)
  await network.cut()
  front.stop()
})

type Row = (string | number)[]

/** What the hour costs, part by part. */
async function hour(
  desk: Desk,
  network: Proxy,
  { shopper, server, anotherPage }: Pick<Scene, 'shopper' | 'server' | 'anotherPage'>,
): Promise<Row[]> {
  const json = new Json()
  await json.listenIn(desk.page)
  desk.page.on('request', (request) => json.sent(request))
  desk.page.on('response', (response) => json.got(response))
  const rows: Row[] = [['', 'KB on the wire', 'KB of JSON', 'on the wire of it']]
  let [wireBefore, jsonBefore] = [0, 0]
  const begin = async (): Promise<void> => void ([wireBefore, jsonBefore] = [network.bytes, await json.all()])
  const note = async (what: string, times = 1): Promise<void> => {
    const [wire, plain] = [network.bytes - wireBefore, (await json.all()) - jsonBefore]
    rows.push([what, kilobytes(wire * times), kilobytes(plain * times), `${((wire / plain) * 100).toFixed(0)} %`])
    await begin()
  }

  await desk.open()
  await desk.readyForOffline()
  await expect(desk.signInButton).toBeVisible()
  await begin()
  await desk.signIn(agent)
  await desk.page.waitForResponse('**/sync/live*')
  await note('the first sign-in: the demo shop’s knowledge')

  for (let chat = 0; chat < CHATS; chat += 1) {
    const page = chat === 0 ? shopper : new Shopper(await anotherPage(), server.origin)
    await page.ask(`第${chat}位顾客：请问什么时候发货`)
    await desk.openConversation(`第${chat}位顾客`)
    for (let question = 0; question < QUESTIONS; question += 1) {
      await desk.reply(`亲，第${question}个问题的答复：今天下午四点前的订单当天发出。`)
      await page.write(`再问一句${chat}-${question}，能指定快递吗`)
      await expect(desk.message(`再问一句${chat}-${question}`)).toBeVisible()
    }
    await json.all()
  }
  await note(`${CHATS * (QUESTIONS + 1)} questions and ${CHATS * QUESTIONS} replies`)
  // Nobody looks at a chat any more.
  await Promise.all([desk.page.waitForResponse('**/sync/live*'), desk.open()])
  await desk.page.waitForTimeout(SETTLED_MS)
  await begin()
  await desk.page.waitForTimeout(QUIET_SECONDS * 1_000)
  await note('an hour in which nothing happens', HOUR_SECONDS / QUIET_SECONDS)
  return rows
}
