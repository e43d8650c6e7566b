import type { Page, Request, Response } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { Shopper } from '../pages/shopper.ts'
import { chromium } from '../support/browser.ts'
import { agent } from '../support/members.ts'
import { Proxy } from '../support/proxy.ts'
import { type Scene, expect, test } from '../support/stories.ts'
import { TERSE, fromTerse } from '../support/terse.ts'
import { printHeading, printTable } from './print.ts'
import { Front } from './secure.ts'

/** What an agent of a small shop does in an hour: so many shoppers come, each asks once more after each answer. */
const CHATS = 6
const QUESTIONS = 3
/** A shop that is busy has so many times as many shoppers for an agent. */
const BUSY_TIMES = 5
/** Of an hour of looking at a chat, and of one in which nobody looks, so much is told here; it has one pull in it. */
const PART_SECONDS = 300
/** Once in one or two hours a desk compares what it holds, for the first time within so long. */
const CHECK_SECONDS = 125
const TEST_MS = 1_200_000
const HOUR_SECONDS = 3_600

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1)

const isJson = (mediaType = ''): boolean => mediaType === TERSE || mediaType.startsWith('application/json')

/** How long something is as JSON that nothing packs. */
function jsonBytes(mediaType: string, body: Buffer): number {
  if (body.length === 0) return 0
  const text = mediaType === TERSE ? fromTerse(body) : body.toString('utf8')
  JSON.parse(text)
  return Buffer.byteLength(text)
}

/** The JSON that the page sent and got, as long as it is before anything packs it. */
class Json {
  bytes = 0
  #bodies: Promise<void>[] = []

  sent(request: Request): void {
    const [mediaType, body] = [request.headers()['content-type'], request.postDataBuffer()]
    if (isJson(mediaType) && body !== null) this.bytes += jsonBytes(mediaType!, body)
  }

  got(response: Response): void {
    const mediaType = response.headers()['content-type']
    if (!isJson(mediaType)) return
    // What the page left before it was read counts for nothing.
    const body = response.body().catch(() => Buffer.alloc(0))
    this.#bodies.push(body.then((read) => void (this.bytes += jsonBytes(mediaType!, read))))
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

test.describe.configure({ timeout: TEST_MS })

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
/** Bytes on the wire, and of JSON. */
type Cost = [wire: number, plain: number]

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
  const add = (what: string, [wire, plain]: Cost): Cost => {
    rows.push([what, kilobytes(wire), kilobytes(plain), `${((wire / plain) * 100).toFixed(0)} %`])
    return [wire, plain]
  }
  const note = async (what: string, times = 1): Promise<Cost> => {
    const [wire, plain] = [network.bytes - wireBefore, (await json.all()) - jsonBefore]
    await begin()
    return add(what, [wire * times, plain * times])
  }
  const pass = (seconds: number): Promise<void> => desk.page.waitForTimeout(seconds * 1_000)
  const hourOf = async (what: string): Promise<Cost> => {
    await begin()
    await pass(PART_SECONDS)
    return note(what, HOUR_SECONDS / PART_SECONDS)
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
  const ofChats = await note(`${CHATS * (QUESTIONS + 1)} questions and ${CHATS * QUESTIONS} replies`)
  await pass(CHECK_SECONDS)
  const ofCheck = await note('two minutes in which the desk compares what it holds')
  const ofLooking = await hourOf('an hour in which a chat is open and nothing happens')
  // Nobody looks at a chat any more.
  await Promise.all([desk.page.waitForResponse('**/sync/live*'), desk.open()])
  await pass(CHECK_SECONDS)
  await hourOf('an hour in which nothing is open')
  const restOfHour = 1 - CHECK_SECONDS / HOUR_SECONDS
  const hourWith = (times: number): Cost => [
    ofChats[0] * times + ofCheck[0] + ofLooking[0] * restOfHour,
    ofChats[1] * times + ofCheck[1] + ofLooking[1] * restOfHour,
  ]
  add(`a typical hour: those ${CHATS} chats, one of them always open, one comparison`, hourWith(1))
  add(`a busy hour: ${CHATS * BUSY_TIMES} such chats and the same besides`, hourWith(BUSY_TIMES))
  return rows
}
