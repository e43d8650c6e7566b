import { type Socket, connect } from 'node:net'
import { once } from 'node:events'

import { Session, command, newId } from '../support/api.ts'
import { agent } from '../support/members.ts'
import { test } from '../support/stories.ts'
import { printHeading, printTable } from './print.ts'

const DEVICES = 50
const TWO_DAYS_MICROS = 48 * 3_600 * 1_000_000

/** What the devices send: how many requests each, and how many replies in one. */
const LOADS = [
  { requests: 100, replies: 1 },
  { requests: 20, replies: 20 },
]

/** Has that many shoppers write, and returns their conversations. */
async function conversations(origin: string, session: Session, count: number): Promise<string[]> {
  const name = newId()
  for (let shopper = 0; shopper < count; shopper += 1) {
    const answer = await fetch(`${origin}/c/demo/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: newId(), text: `${name} ${shopper}` }),
    })
    if (!answer.ok) throw new Error(`a shopper was refused: ${answer.status} ${await answer.text()}`)
  }
  const messages = await session.messages()
  return messages.filter(({ text }) => text.startsWith(name)).map(({ conversation }) => conversation)
}

/** Everything that one device sends, ready as bytes, so that the measured time is the server's. */
function requestsOf(session: Session, conversation: string, { requests, replies }: (typeof LOADS)[number]): Buffer[] {
  const [device, epoch] = [newId(), newId()]
  const now = Date.now() * 1_000
  const reply = (n: number, seen: number) => {
    const times = { written_at: now, expires_at: now + TWO_DAYS_MICROS }
    const words = { text: `第${n}条：亲，已经为您催仓库了。`, seen, owner_seen: null }
    return command(n, 'message.send', { id: newId(), conversation, ...words, ...times })
  }
  return Array.from({ length: requests }, (_, request) => {
    const before = request * replies
    // The device has seen the shopper's question and what it sent itself in earlier requests.
    const commands = Array.from({ length: replies }, (_, index) => reply(before + index + 1, before + 1))
    const body = Buffer.from(JSON.stringify({ protocol: 1, device, epoch, commands }))
    const head = [
      'POST /sync/push HTTP/1.1',
      'host: 127.0.0.1',
      `cookie: ${session.cookie}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ].join('\r\n')
    return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body])
  })
}

/** Reads one answer off a connection and returns its status; the answers here are small and come whole. */
async function answered(socket: Socket): Promise<string> {
  let text = ''
  for (;;) {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    text += bytes.toString('latin1')
    const head = text.indexOf('\r\n\r\n')
    const length = /content-length: (\d+)/i.exec(text)?.[1]
    if (head >= 0 && length !== undefined && text.length >= head + 4 + Number(length)) return text.slice(9, 12)
  }
}

async function sendAll(port: number, requests: readonly Buffer[]): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  for (const request of requests) {
    socket.write(request)
    const status = await answered(socket)
    if (status !== '200') throw new Error(`a push was answered with ${status}`)
  }
  socket.destroy()
}

test('durable ingest', async ({ server }) => {
  const session = await Session.signIn(server.origin, agent)
  const rows: (string | number)[][] = [['replies in one request', 'acknowledged', 'acknowledged/s']]
  for (const load of LOADS) {
    const where = await conversations(server.origin, session, DEVICES)
    const devices = where.map((conversation) => requestsOf(session, conversation, load))
    const began = performance.now()
    await Promise.all(devices.map((requests) => sendAll(server.port, requests)))
    const seconds = (performance.now() - began) / 1_000
    const replies = DEVICES * load.requests * load.replies
    rows.push([String(load.replies), replies, Math.round(replies / seconds)])
  }
  printHeading(`Replies to disk: ${DEVICES} devices at once, client and server on this machine`)
  printTable(rows)
})
