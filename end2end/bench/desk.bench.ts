import path from 'node:path'

import type { Page } from '@playwright/test'

import type { Desk } from '../pages/desk.ts'
import { Session } from '../support/api.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'
import { writeArticles } from './articles.ts'
import { printHeading, printTable, quantile } from './print.ts'
import { conversations, requestsOf, sendAll } from './replies.ts'

const ARTICLES = 10_000
const CHATS = 50
/** Of each chat, after the shopper's question. */
const REPLIES = { requests: 1, replies: 99 }
const MESSAGES = CHATS * (1 + REPLIES.replies)
const SLOWED = 4
const STARTS = 9
const PROBE = '瑜伽垫退款'
const QUERIES = ['什么时候发货', 'fahuo', 'fh', 'tuihuo', 'yjd', '瑜伽垫退款要多久', 'pao鞋尺码', '发漂']
const ROUNDS = 5

interface Probed {
  searchableAfterMs?: number
}

/**
 * From its first moment on, the page searches as soon as it can, and notes when the answer stood there that was found
 * among all articles.
 */
async function probeStarts(page: Page): Promise<void> {
  await page.addInitScript((probe) => {
    const look = (): void => {
      const input = document.querySelector<HTMLInputElement>('[data-testid=answer-search]')
      if (input !== null && input.value === '') {
        input.value = probe
        input.dispatchEvent(new Event('input', { bubbles: true }))
      }
      const hit = document.querySelector('[data-testid=answer-hit]')?.textContent ?? ''
      const isWhole = performance.getEntriesByName('qinda.searchable').length > 0
      if (isWhole && input?.value === probe && [...probe].every((letter) => hit.includes(letter))) {
        ;(window as Probed).searchableAfterMs = performance.now()
      } else {
        requestAnimationFrame(look)
      }
    }
    requestAnimationFrame(look)
  }, PROBE)
}

async function startMs(desk: Desk): Promise<number> {
  await desk.open('/desk/answers')
  const measured = await desk.page.waitForFunction(() => (window as Probed).searchableAfterMs)
  return (await measured.jsonValue())!
}

async function medianStartMs(desk: Desk): Promise<string> {
  const measured: number[] = []
  for (let start = 0; start < STARTS; start += 1) measured.push(await startMs(desk))
  return `${Math.round(quantile(measured, 0.5))} ms`
}

/** Milliseconds of each search while the queries are typed letter by letter. */
async function searchTimes(desk: Desk): Promise<number[]> {
  await desk.page.evaluate(() => performance.clearMeasures())
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const query of QUERIES) {
      await desk.search('')
      await desk.answerSearch.pressSequentially(query)
      await expect(desk.answerSearch).toHaveValue(query)
    }
  }
  return desk.page.evaluate(() => performance.getEntriesByName('qinda.search').map(({ duration }) => duration))
}

test('starting and searching', async ({ desk, server, network }) => {
  const file = path.join(server.data, 'articles.jsonl')
  await writeArticles(file, ARTICLES)
  await server.command('import', 'articles', file)
  const session = await Session.signIn(server.origin, agent)
  for (const chat of await conversations(server.origin, session, CHATS)) {
    await sendAll(server.port, requestsOf(session, chat, REPLIES))
  }

  await desk.open('/desk/answers')
  const began = Date.now()
  await desk.signIn(agent)
  await desk.search(PROBE)
  await expect(desk.answerHits.first()).toContainText('瑜伽垫', { timeout: 120_000 })
  const firstSync = Date.now() - began
  await desk.readyForOffline()
  const times = await searchTimes(desk)

  await probeStarts(desk.page)
  const online = await medianStartMs(desk)
  const slowing = await desk.page.context().newCDPSession(desk.page)
  const slow = (rate: number): Promise<unknown> => slowing.send('Emulation.setCPUThrottlingRate', { rate })
  await slow(SLOWED)
  const slowed = await medianStartMs(desk)
  await network.cut()
  const slowedOffline = await medianStartMs(desk)
  await slow(1)
  const offline = await medianStartMs(desk)

  printHeading(
    `The desk with ${ARTICLES.toLocaleString('en')} articles and ${MESSAGES.toLocaleString('en')} messages, in Chromium`,
  )
  printTable([
    ['from sign-in on a new device to a searchable desk', `${firstSync} ms`],
    [`from start to a searchable desk, online (median of ${STARTS})`, online],
    [`the same with the processor slowed ${SLOWED}×`, slowed],
    [`from start to a searchable desk, offline (median of ${STARTS})`, offline],
    [`the same with the processor slowed ${SLOWED}×`, slowedOffline],
    [`search per key, median of ${times.length}`, `${quantile(times, 0.5).toFixed(2)} ms`],
    ['search per key, 95th percentile', `${quantile(times, 0.95).toFixed(2)} ms`],
  ])
})
