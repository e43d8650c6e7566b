import type { Page } from '@playwright/test'

import { Session, newId } from '../support/api.ts'
import { agent } from '../support/members.ts'
import { test } from '../support/stories.ts'
import { Line, postOf } from './line.ts'
import { printHeading, printTable } from './print.ts'
import { conversations, requestsOf, sendAll } from './replies.ts'

const DEVICES = 50
const LOAD = { requests: 20, replies: 100 }
const ROWS = DEVICES * LOAD.requests * LOAD.replies
/** What CouchDB's protocol was seen to send of as many, from express-pouchdb: rows a second. */
const PEER_ROWS_A_SECOND = 5_700

interface Pulled {
  readonly scopes: readonly { scope: string; cursor: { seq: number }; head: number; rows: readonly unknown[] }[]
  readonly more: boolean
}

/** Reads everything as a device does that has nothing, and returns the rows and the seconds that answers took. */
async function readAll(port: number, session: Session): Promise<{ rows: number; seconds: number }> {
  const line = new Line(port)
  const [device, epoch] = [newId(), newId()]
  const cursors: Record<string, unknown> = {}
  let [rows, seconds, more] = [0, 0, true]
  while (more) {
    const request = postOf('/sync/pull', session.cookie, { protocol: 1, device, epoch, cursors, verdicts_after: 0 })
    const began = performance.now()
    const answer = await line.ask(request)
    seconds += (performance.now() - began) / 1_000
    const page = JSON.parse(answer.toString()) as Pulled
    for (const { scope, cursor, rows: read } of page.scopes) {
      cursors[scope] = cursor
      rows += read.length
    }
    more = page.more
  }
  line.close()
  return { rows, seconds }
}

/** How many rows the device keeps on its disk. */
async function keptRows(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const name = (await indexedDB.databases()).map((each) => each.name ?? '').find((each) => /^qinda-[0-9a-f-]{36}$/.test(each))
    if (name === undefined) return 0
    const database = await done(indexedDB.open(name))
    const rows = await done(database.transaction('rows').objectStore('rows').count())
    database.close()
    return rows
  })
}

test('a device that was away for a hundred thousand changes', async ({ server, desk }) => {
  const session = await Session.signIn(server.origin, agent)
  const where = await conversations(server.origin, session, DEVICES)
  await Promise.all(where.map((conversation) => sendAll(server.port, requestsOf(session, conversation, LOAD))))
  const edge = await readAll(server.port, session)

  await desk.open()
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1_000
  await desk.signIn(agent)
  await desk.rows.first().waitFor()
  const usable = seconds()
  while ((await keptRows(desk.page)) < ROWS) await new Promise((resolve) => setTimeout(resolve, 100))
  const kept = seconds()
  printHeading(`A device without anything reads ${edge.rows.toLocaleString('en')} rows`)
  printTable([
    ['', 'rows/s', `of the ${PEER_ROWS_A_SECOND.toLocaleString('en')} of a peer`, 'seconds'],
    ['answered by the server, not packed', Math.round(edge.rows / edge.seconds), `${(edge.rows / edge.seconds / PEER_ROWS_A_SECOND).toFixed(1)} ×`, edge.seconds.toFixed(2)],
    ['kept in IndexedDB, in Chromium', Math.round(ROWS / kept), `${(ROWS / kept / PEER_ROWS_A_SECOND).toFixed(1)} ×`, kept.toFixed(2)],
    ['first chats on the screen, after sign-in', '', '', usable.toFixed(2)],
  ])
})
