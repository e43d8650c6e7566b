import { type Socket, connect } from 'node:net'

import { type Cursors, Session, newId } from '../support/api.ts'
import { agent } from '../support/members.ts'
import type { Server } from '../support/server.ts'
import { test } from '../support/stories.ts'
import { Line, postOf } from './line.ts'
import { printHeading, printTable, quantile } from './print.ts'

const IDLE_DEVICES = 10_000
const TEAMS = 50
const DEVICES_A_TEAM = 20
const MESSAGES_A_SECOND = 100
const SECONDS = 20
/** So many connections are opened side by side. */
const OPENED_AT_ONCE = 100
/** Comparing a password takes a core for a while. */
const SIGNED_IN_AT_ONCE = 4
const PASSWORD = 'bench-password'

const nothing = (): void => undefined

/** One device's live channel: a bare connection, as ten thousand of them have to fit into one process. */
class Listener {
  #socket: Socket
  #text = ''

  private constructor(
    socket: Socket,
    readonly heard: (data: string) => void,
  ) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.#take(bytes.toString('utf8')))
  }

  /** Listens, and returns once the first thing was told. With `asks` pages are told, and packed if wished so. */
  static async open(
    server: Server,
    cookie: string,
    heard: (data: string) => void,
    { asks, isPacked = false }: { asks?: object; isPacked?: boolean } = {},
  ): Promise<Listener> {
    const socket = connect(server.port, '127.0.0.1')
    socket.setNoDelay(true)
    let first = nothing
    const told = new Promise<void>((resolve, reject) => {
      first = resolve
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('the live channel was closed')))
    })
    const listener = new Listener(socket, (data) => {
      first()
      heard(data)
    })
    // What is packed is not read here.
    if (isPacked) socket.on('data', (bytes: Buffer) => bytes.includes('200 OK') && first())
    const query = asks === undefined ? '' : `?asks=${encodeURIComponent(JSON.stringify(asks))}`
    const heads = ['host: 127.0.0.1', `cookie: ${cookie}`, 'accept: text/event-stream', ...(isPacked ? ['accept-encoding: gzip'] : [])]
    socket.write(`GET /sync/live${query} HTTP/1.1\r\n${heads.join('\r\n')}\r\n\r\n`)
    await told
    return listener
  }

  #take(text: string): void {
    this.#text += text
    for (let end = this.#text.indexOf('\n\n'); end >= 0; end = this.#text.indexOf('\n\n')) {
      const data = /^data: ?(.*)$/m.exec(this.#text.slice(0, end))?.[1]
      this.#text = this.#text.slice(end + 2)
      if (data !== undefined) this.heard(data)
    }
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy()
  }
}

/** Runs over a list, so many at once. */
async function each<T, R>(list: readonly T[], atOnce: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < list.length; from += atOnce) {
    results.push(...(await Promise.all(list.slice(from, from + atOnce).map(run))))
  }
  return results
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)

for (const getsPages of [false, true]) {
  const what = getsPages ? 'to be brought pages' : 'for heads alone'
  test(`ten thousand devices that only listen ${what}`, async ({ server }) => idle(server, what, getsPages))
}

async function idle(server: Server, what: string, getsPages: boolean): Promise<void> {
  const session = await Session.signIn(server.origin, agent)
  const device = new Device(server.port, session.cookie, nothing)
  if (getsPages) await device.pull()
  const before = await server.residentBytes()
  const devices = Array.from({ length: IDLE_DEVICES }, (_, device) => device)
  const wishes = getsPages ? { asks: device.request, isPacked: true } : {}
  const listeners = await each(devices, OPENED_AT_ONCE, () => Listener.open(server, session.cookie, nothing, wishes))
  // Two beats, so that every device was looked after.
  await new Promise((resolve) => setTimeout(resolve, 25_000))
  const after = await server.residentBytes()
  listeners.forEach((listener) => listener.close())
  device.close()
  printHeading(`${IDLE_DEVICES.toLocaleString('en')} devices that only listen ${what}, all signed in as one member`)
  printTable([
    ['', 'MB resident'],
    ['before', megabytes(before)],
    ['with all of them', megabytes(after)],
    ['KB for each', ((after - before) / IDLE_DEVICES / 1024).toFixed(1)],
  ])
}

interface Pulled {
  readonly scopes: readonly { scope: string; cursor: unknown; rows: readonly { kind: string; body: { text: string } }[] }[]
  readonly more: boolean
}

interface LivePage {
  readonly asked: { cursors: Cursors }
  readonly answer: Pulled
}

/** A desk without a screen: it takes a page that follows on what it has, and otherwise pulls, one pull at a time. */
class Device {
  readonly #device = newId()
  readonly #epoch = newId()
  readonly #cursors: Cursors = {}
  readonly #line: Line
  #again = false
  #pulling = false

  constructor(
    port: number,
    readonly cookie: string,
    readonly seen: (text: string) => void,
  ) {
    this.#line = new Line(port)
  }

  /** What it would ask now. */
  get request(): object {
    const [device, epoch, cursors] = [this.#device, this.#epoch, this.#cursors]
    return { protocol: 1, device, epoch, cursors, verdicts_after: 0 }
  }

  /** What the live channel told. */
  hear(data: string): void {
    const told = JSON.parse(data) as Partial<LivePage> & { pages?: true }
    if (told.pages) return
    const inOrder = (cursors: Cursors | undefined): string => JSON.stringify(Object.entries(cursors ?? {}).sort())
    const follows = inOrder(told.asked?.cursors) === inOrder(this.#cursors)
    if (told.answer === undefined || this.#pulling || !follows) return void this.pull()
    this.#take(told.answer)
  }

  #take(page: Pulled): void {
    for (const { scope, cursor, rows } of page.scopes) {
      this.#cursors[scope] = cursor
      for (const { kind, body } of rows) if (kind === 'message') this.seen(body.text)
    }
  }

  async pull(): Promise<void> {
    this.#again = true
    if (this.#pulling) return
    this.#pulling = true
    while (this.#again) {
      this.#again = false
      const page = JSON.parse((await this.#line.ask(postOf('/sync/pull', this.cookie, this.request))).toString()) as Pulled
      this.#again ||= page.more
      this.#take(page)
    }
    this.#pulling = false
  }

  close(): void {
    this.#line.close()
  }
}

for (const getsPages of [false, true]) {
  const how = getsPages ? 'brought by the live channel' : 'pulled'
  test(`from a shopper’s message to the screens of a team, ${how}`, async ({ server }) => crowd(server, how, getsPages))
}

async function crowd(server: Server, how: string, getsPages: boolean): Promise<void> {
  const shops = Array.from({ length: TEAMS }, (_, shop) => `bench-${shop}`)
  for (const shop of shops) {
    await server.command('shop', 'add', '--slug', shop, '--name', shop)
    await server.commandTold(PASSWORD, 'member', 'add', '--shop', shop, '--number', '1', '--name', '一号', '--password-stdin')
  }
  const sent = new Map<string, number>()
  const waits: number[] = []
  const seen = (text: string): void => {
    const at = sent.get(text)
    if (at !== undefined) waits.push(performance.now() - at)
  }
  const desks = await each(shops, SIGNED_IN_AT_ONCE, async (shop) => {
    return each(Array.from({ length: DEVICES_A_TEAM }, nothing), 1, async () => {
      // A session is used from one device: another one under it would be noted each time.
      const session = await Session.signIn(server.origin, { shop, number: '1', password: PASSWORD })
      const device = new Device(server.port, session.cookie, seen)
      await device.pull()
      const hear = getsPages ? (data: string) => device.hear(data) : () => void device.pull()
      const listener = await Listener.open(server, session.cookie, hear, getsPages ? { asks: device.request } : {})
      return { device, listener }
    })
  })
  const write = async (shop: string, text: string): Promise<void> => {
    sent.set(text, performance.now())
    const answer = await fetch(`${server.origin}/c/${shop}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: newId(), text }),
    })
    if (!answer.ok) throw new Error(`a shopper was refused: ${answer.status} ${await answer.text()}`)
    await answer.text()
  }
  const spent = await server.processorSeconds()
  const began = performance.now()
  const written: Promise<void>[] = []
  for (let message = 0; message < MESSAGES_A_SECOND * SECONDS; message += 1) {
    const due = began + (message * 1_000) / MESSAGES_A_SECOND
    if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()))
    written.push(write(shops[message % TEAMS]!, `第${message}条消息`))
  }
  await Promise.all(written)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const busy = (await server.processorSeconds()) - spent
  for (const { device, listener } of desks.flat()) {
    listener.close()
    device.close()
  }
  printHeading(
    `${TEAMS * DEVICES_A_TEAM} devices in ${TEAMS} teams, ${MESSAGES_A_SECOND} messages a second for ${SECONDS} s: ` +
      `from the shopper’s request to each device of the team, ${how}, milliseconds`,
  )
  printTable([
    ['screens reached', 'of', 'median', 'p95', 'p99', 'worst', 'server’s processor'],
    [
      waits.length,
      MESSAGES_A_SECOND * SECONDS * DEVICES_A_TEAM,
      ...[0.5, 0.95, 0.99, 1].map((share) => quantile(waits, share).toFixed(1)),
      `${((busy / SECONDS) * 100).toFixed(0)} %`,
    ],
  ])
}
