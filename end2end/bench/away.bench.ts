import path from 'node:path'

import type { Page } from '@playwright/test'

import type { Desk } from '../pages/desk.ts'
import { Session, newId } from '../support/api.ts'
import { agent } from '../support/members.ts'
import { test } from '../support/stories.ts'
import { writeArticles } from './articles.ts'
import { Line, postOf } from './line.ts'
import { printHeading, printTable, quantile } from './print.ts'
import { closingRequests, conversations, requestsOf, sendAll } from './replies.ts'

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

/** Thirty days of a shop with five hundred conversations a day; each has the shopper's question and the answers to it. */
const SHOP = { articles: 10_000, chats: 30 * 500, replies: 6, open: 100, writers: 10 }
const SHOP_ROWS = SHOP.articles + SHOP.chats * 2 + (SHOP.chats - SHOP.open) * SHOP.replies
const TYPED = '瑜伽垫退款怎么办理'
const KEY_MS = 150
/** A page looks for the first time within two minutes whether it has what the server has. */
const CHECKED_MS = 180_000

interface Span {
  readonly name: string
  readonly from: number
  readonly ms: number
}

interface Seen {
  readonly tasks: Span[]
  readonly keys: number[]
  readonly left: [number, number][]
}

/** From its first moment on the page notes its long tasks, how soon keys were painted, and what it told was missing. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Seen = { tasks: [], keys: [], left: [] }
    Object.assign(window, { seen })
    const observe = (type: string, note: (entry: PerformanceEntry) => void): void => {
      const init: object = { type, buffered: true, durationThreshold: 16 }
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe(init)
    }
    observe('longtask', ({ name, startTime, duration }) => seen.tasks.push({ name, from: startTime, ms: duration }))
    observe('event', ({ name, duration }) => name === 'keydown' && seen.keys.push(duration))
    const look = (): void => {
      const told = document.querySelector('[data-testid=link-banner]')?.textContent ?? ''
      const left = Number(/[\d,]+(?= 条)/.exec(told)?.[0].replaceAll(',', '') ?? 0)
      if (left !== (seen.left.at(-1)?.[1] ?? 0)) seen.left.push([performance.now(), left])
    }
    setInterval(look, 20)
  })
}

async function seenBy(page: Page): Promise<Seen> {
  return page.evaluate(() => (window as unknown as { seen: Seen }).seen)
}

async function keepTyping(desk: Desk, until: () => boolean): Promise<void> {
  while (!until()) {
    await desk.search('')
    await desk.answerSearch.pressSequentially(TYPED, { delay: KEY_MS })
  }
}

/** How long the page was busy at a time within a span; what takes less than 50 ms counts for none. */
function longest(tasks: readonly Span[], from = 0, to = Infinity): string {
  const within = tasks.filter((task) => task.from + task.ms > from && task.from < to).map(({ ms }) => ms)
  return within.length === 0 ? 'under 50 ms' : `${Math.round(Math.max(...within))} ms (${within.length} over 50 ms)`
}

test('a new device of a large shop', async ({ server, desk }) => {
  const file = path.join(server.data, 'articles.jsonl')
  await writeArticles(file, SHOP.articles)
  await server.command('import', 'articles', file)
  const session = await Session.signIn(server.origin, agent)
  const chats = await conversations(server.origin, session, SHOP.chats)
  const each = Math.ceil((SHOP.chats - SHOP.open) / SHOP.writers)
  const closed = Array.from({ length: SHOP.writers }, (_, writer) => chats.slice(writer * each, (writer + 1) * each))
  await Promise.all(closed.map((own) => sendAll(server.port, closingRequests(session, own, SHOP.replies))))

  await watch(desk.page)
  await desk.open('/desk/answers')
  const began = performance.now()
  const seconds = (): string => ((performance.now() - began) / 1_000).toFixed(2)
  await desk.signIn(agent)
  await desk.search(TYPED)
  await desk.answerHits.first().waitFor()
  const usable = seconds()
  let all = ''
  const typed = keepTyping(desk, () => all !== '')
  while ((await keptRows(desk.page)) < SHOP_ROWS) await new Promise((resolve) => setTimeout(resolve, 250))
  all = seconds()
  await typed
  const { tasks, keys, left } = await seenBy(desk.page)
  const falls = left.every(([, now], place) => place === 0 || now <= left[place - 1]![1])

  printHeading(`A new device of a shop with ${SHOP.articles.toLocaleString('en')} articles and ${SHOP.chats.toLocaleString('en')} conversations`)
  printTable([
    ['from sign-in to an answer found', `${usable} s`],
    [`to all of ${SHOP_ROWS.toLocaleString('en')} rows kept`, `${all} s`],
    ['missing rows told on the screen', `${left.length} times, ${falls ? 'ever fewer' : 'NOT ever fewer'}`],
    ['longest time in which the page answers nothing', longest(tasks)],
    [`a key until it is painted, median of ${keys.length}`, keys.length === 0 ? 'under 16 ms' : `${quantile(keys, 0.5)} ms`],
    ['the longest of them', keys.length === 0 ? 'under 16 ms' : `${Math.max(...keys)} ms`],
  ])

  await desk.page.waitForRequest('**/sync/check', { timeout: CHECKED_MS })
  await desk.page.waitForFunction(() => performance.getEntriesByName('qinda.sums').length >= 3, undefined, { timeout: 60_000 })
  const sums = await desk.page.evaluate(() =>
    performance.getEntriesByName('qinda.sums').map(({ name, startTime, duration }) => ({ name, from: startTime, ms: duration })),
  )
  const later = await seenBy(desk.page)
  printHeading('What it costs this device to look whether it has what the server has')
  printTable([
    ['scope by scope', sums.map(({ ms }) => `${Math.round(ms)} ms`).join(', ')],
    ['longest time in which the page answers nothing', longest(later.tasks, sums[0]!.from, sums.at(-1)!.from + sums.at(-1)!.ms)],
  ])
})
