import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { Session } from '../support/api.ts'
import { agent } from '../support/members.ts'
import { test } from '../support/stories.ts'
import { printHeading, printTable } from './print.ts'
import { type Load, conversations, requestsOf, sendAll } from './replies.ts'

const DEVICES = 50
const LOADS: readonly Load[] = [
  { requests: 100, replies: 1 },
  { requests: 20, replies: 20 },
]
const RAW_INSERTS = fileURLToPath(new URL('../../target/release/examples/raw_inserts', import.meta.url))
/** Of the server's groups. */
const RAW_MESSAGES_IN_A_TRANSACTION = 256

/** How many messages a second SQLite alone takes, with the very rows that the server wrote. */
async function rawMessagesASecond(data: string): Promise<number> {
  const [from, to] = [path.join(data, 'qinda.db'), path.join(data, 'raw.db')]
  const { stdout } = await promisify(execFile)(RAW_INSERTS, [from, to, String(RAW_MESSAGES_IN_A_TRANSACTION)])
  return Number(stdout)
}

test('durable ingest', async ({ server }) => {
  const session = await Session.signIn(server.origin, agent)
  const rows: (string | number)[][] = [
    ['replies in one request', 'acknowledged', 'acknowledged/s', 'server’s processor, µs each'],
  ]
  for (const load of LOADS) {
    const where = await conversations(server.origin, session, DEVICES)
    const devices = where.map((conversation) => requestsOf(session, conversation, load))
    const spent = await server.processorSeconds()
    const began = performance.now()
    await Promise.all(devices.map((requests) => sendAll(server.port, requests)))
    const seconds = (performance.now() - began) / 1_000
    const busy = (await server.processorSeconds()) - spent
    const replies = DEVICES * load.requests * load.replies
    rows.push([String(load.replies), replies, Math.round(replies / seconds), Math.round((busy / replies) * 1e6)])
  }
  await server.stop()
  rows.push(['SQLite alone, the same rows, 256 messages in a transaction', '', Math.round(await rawMessagesASecond(server.data)), ''])
  printHeading(`Replies to disk: ${DEVICES} devices at once, client and server on this machine`)
  printTable(rows)
})
