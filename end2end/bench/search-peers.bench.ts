import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Locator, Page } from '@playwright/test'

import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'
import { articles, writeArticles } from './articles.ts'
import { PEER_SPAN, peers, type Peer } from './peers.ts'
import { printHeading, printTable, quantile } from './print.ts'

const ARTICLES = 10_000
const ROUNDS = 3
const HITS_MAX = 20
/** Within this the desk has learned from what it just got, and rests. */
const REST_MS = 8_000
/** Where the pages of this bench get the peers' own files from. */
const PEERS_AT = 'https://peers.test/'
/** A page that shares nothing with others gets a clock of finer steps. */
const ALONE = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

/** What is typed, letter by letter, and the words that the first hit must hold. */
interface Asked {
  typed: string
  means: string[]
}

const KINDS: Record<string, Asked[]> = {
  Chinese: [
    { typed: '什么时候可以', means: ['什么时候可以'] },
    { typed: '瑜伽垫退款', means: ['瑜伽垫退款'] },
    { typed: '儿童款护膝发货', means: ['儿童款护膝发货'] },
    { typed: '礼盒装水杯包邮', means: ['礼盒装水杯包邮'] },
    { typed: '优惠券要不要钱', means: ['优惠券要不要钱'] },
    { typed: '加大码手套尺码', means: ['加大码手套尺码'] },
    { typed: '帐篷安装', means: ['帐篷安装'] },
    { typed: '改地址找谁', means: ['改地址找谁'] },
  ],
  pinyin: [
    { typed: 'yujiadian', means: ['瑜伽垫'] },
    { typed: 'fahuo', means: ['发货'] },
    { typed: 'youhuiquan', means: ['优惠券'] },
    { typed: 'zhangpeng', means: ['帐篷'] },
  ],
  initials: [
    { typed: 'yjd', means: ['瑜伽垫'] },
    { typed: 'yhq', means: ['优惠券'] },
    { typed: 'gdz', means: ['改', '地址'] },
  ],
  'typing errors': [
    { typed: 'fahou', means: ['发货'] },
    { typed: 'yujidian', means: ['瑜伽垫'] },
    { typed: '优惠卷', means: ['优惠券'] },
  ],
}

interface Measured {
  times: number[]
  right: number
}

/** A box to type into, and what it finds. */
interface Box {
  input: Locator
  hits: Locator
  /** The name under which the page keeps how long each search took. */
  span: string
}

/** Types letter by letter: every key is a task of its own, and what it found is on the screen before the next query. */
async function measure({ input, hits, span }: Box, asked: Asked[], rounds: number): Promise<Measured> {
  const page = input.page()
  await page.evaluate(() => performance.clearMeasures())
  let right = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const { typed, means } of asked) {
      await input.fill('')
      await input.pressSequentially(typed)
      await expect(input).toHaveValue(typed)
      await painted(page)
      const shown = (await hits.count()) > 0 ? ((await hits.first().textContent()) ?? '') : ''
      if (means.every((word) => shown.includes(word))) right += 1
    }
  }
  const times = await page.evaluate((name) => performance.getEntriesByName(name).map(({ duration }) => duration), span)
  return { times, right: right / (rounds * asked.length) }
}

async function painted(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

async function clockStep(page: Page): Promise<string> {
  return (await page.evaluate(() => crossOriginIsolated)) ? '0.005' : '0.1'
}

async function measureKinds(box: Box, rounds: number): Promise<Measured[]> {
  const measured: Measured[] = []
  for (const asked of Object.values(KINDS)) measured.push(await measure(box, asked, rounds))
  return measured
}

/** A page of the same browser that can load the peers, and nothing else. */
async function openPeers(page: Page): Promise<void> {
  const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
  await page.route(`${PEERS_AT}**`, async (route) => {
    const file = decodeURIComponent(new URL(route.request().url()).pathname.slice(1))
    if (file === '') return route.fulfill({ contentType: 'text/html', headers: ALONE, body: '<!doctype html><title>peers</title>' })
    return route.fulfill({ contentType: 'text/javascript', headers: ALONE, body: await readFile(path.join(modules, file), 'utf8') })
  })
  await page.goto(PEERS_AT)
}

/** Lets the desk's page have the finer clock too. */
async function openAlone(page: Page): Promise<void> {
  await page.route('**/desk/**', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback()
    const response = await route.fetch()
    return route.fulfill({ response, headers: { ...response.headers(), ...ALONE } })
  })
}

function row(name: string, built: string, kinds: Measured[]): string[] {
  const cells = kinds.map((measured) => {
    const times = [0.5, 0.95, 1].map((share) => quantile(measured.times, share).toFixed(2)).join(' / ')
    return `${times}  ${Math.round(measured.right * 100)} %`
  })
  return [name, built, ...cells]
}

test('searching beside the peers', async ({ desk, server, context }) => {
  const file = path.join(server.data, 'articles.jsonl')
  await writeArticles(file, ARTICLES)
  await server.command('import', 'articles', file)
  await openAlone(desk.page)
  await desk.open('/desk/answers')
  await desk.signIn(agent)
  await expect(async () => {
    await desk.search('')
    await desk.search('瑜伽垫')
    await expect(desk.answerHits.first()).toContainText('瑜伽垫', { timeout: 1_000 })
  }).toPass({ timeout: 120_000 })

  // As the peers build before they are asked, the desk picks the best of its long lists first; meanwhile it answers slower.
  await desk.page.waitForTimeout(REST_MS)
  const ours = await measureKinds({ input: desk.answerSearch, hits: desk.answerHits, span: 'qinda.search' }, ROUNDS)

  const page = await context.newPage()
  await openPeers(page)
  const documents = articles(ARTICLES).map(({ title, questions, answers, tags }, id) => ({
    id,
    text: [title, ...questions, ...tags, ...answers].join('\n'),
  }))
  const box: Box = { input: page.locator('input'), hits: page.locator('li'), span: PEER_SPAN }
  const theirs: [Peer, number, Measured[]][] = []
  for (const peer of peers) {
    const builtMs = await peer.open(page, PEERS_AT, documents, HITS_MAX)
    theirs.push([peer, builtMs, await measureKinds(box, peer.slow ? 1 : ROUNDS)])
  }

  printHeading(
    `Search over ${ARTICLES.toLocaleString('en')} articles in one Chromium, every key typed into a box that shows what it finds, ` +
      'milliseconds of searching (median / p95 / worst, and how often the first hit was right); ' +
      `steps of the clock: ours ${await clockStep(desk.page)}, theirs ${await clockStep(page)}`,
  )
  printTable([
    ['', 'build', ...Object.keys(KINDS)],
    row('Qinda', '(in slices)', ours),
    ...theirs.map(([peer, builtMs, measured]) => row(peer.name, `${Math.round(builtMs)}`, measured)),
  ])
  const tuned = theirs.filter(([peer]) => peer.tuned)
  const ourChinese = quantile(ours[0]!.times, 0.95)
  printTable(
    tuned.map(([peer, , [chinese]]) => {
      const their = quantile(chinese!.times, 0.95)
      return [`${peer.name}: p95 of Chinese, theirs over ours`, `${(their / ourChinese).toFixed(1)}×`]
    }),
  )
})
