import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Page } from '@playwright/test'

import type { Desk } from '../pages/desk.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'
import { articles, writeArticles } from './articles.ts'
import { peers, type Peer, type Timed } from './peers.ts'
import { printHeading, printTable, quantile } from './print.ts'

const ARTICLES = 10_000
const ROUNDS = 3
const HITS_MAX = 20
/** Where the pages of this bench get the peers' own files from. */
const PEERS_AT = 'http://peers.test/'

/** What is typed, letter by letter, and the words that the first hit must hold. */
export interface Asked {
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
    { typed: 'gdz', means: ['改地址'] },
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

async function measureDesk(desk: Desk, asked: Asked[]): Promise<Measured> {
  await desk.page.evaluate(() => performance.clearMeasures())
  let right = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { typed, means } of asked) {
      await desk.search('')
      await desk.answerSearch.pressSequentially(typed)
      await expect(desk.answerSearch).toHaveValue(typed)
      const hit = desk.answerHits.first()
      const shown = (await hit.count()) > 0 ? ((await hit.textContent()) ?? '') : ''
      if (means.every((word) => shown.includes(word))) right += 1
    }
  }
  const times = await desk.page.evaluate(() =>
    performance.getEntriesByName('qinda.search').map(({ duration }) => duration),
  )
  return { times, right: right / (ROUNDS * asked.length) }
}

/** A page of the same browser that can load the peers, and nothing else. */
async function openPeers(page: Page): Promise<void> {
  const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
  await page.route(`${PEERS_AT}**`, async (route) => {
    const file = decodeURIComponent(new URL(route.request().url()).pathname.slice(1))
    if (file === '') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>peers</title>' })
    return route.fulfill({ contentType: 'text/javascript', body: await readFile(path.join(modules, file), 'utf8') })
  })
  await page.goto(PEERS_AT)
}

function row(name: string, built: string, kinds: (Measured | undefined)[]): string[] {
  const cells = kinds.map((measured) => {
    if (measured === undefined) return 'none'
    const times = [0.5, 0.95, 1].map((share) => quantile(measured.times, share).toFixed(1)).join(' / ')
    return `${times}  ${Math.round(measured.right * 100)} %`
  })
  return [name, built, ...cells]
}

test('searching beside the peers', async ({ desk, server, context }) => {
  const file = path.join(server.data, 'articles.jsonl')
  await writeArticles(file, ARTICLES)
  await server.command('import', 'articles', file)
  await desk.open('/desk/answers')
  await desk.signIn(agent)
  await expect(async () => {
    await desk.search('')
    await desk.search('瑜伽垫')
    await expect(desk.answerHits.first()).toContainText('瑜伽垫', { timeout: 1_000 })
  }).toPass({ timeout: 120_000 })

  const ours: Measured[] = []
  for (const asked of Object.values(KINDS)) ours.push(await measureDesk(desk, asked))

  const page = await context.newPage()
  await openPeers(page)
  const documents = articles(ARTICLES).map(({ title, questions, answers, tags }, id) => ({
    id,
    text: [title, ...questions, ...tags, ...answers].join('\n'),
  }))
  const theirs: [Peer, Timed][] = []
  for (const peer of peers) {
    theirs.push([peer, await peer.run(page, PEERS_AT, documents, KINDS, ROUNDS, HITS_MAX)])
  }

  printHeading(`Search per key over ${ARTICLES.toLocaleString('en')} articles, in one Chromium, milliseconds (median / p95 / worst, and how often the first hit was right)`)
  const names = Object.keys(KINDS)
  printTable([
    ['', 'build', ...names],
    row('Qinda', '(in slices)', ours),
    ...theirs.map(([peer, timed]) =>
      row(peer.name, `${Math.round(timed.buildMs)}`, names.map((name) => timed.kinds[name])),
    ),
  ])
  const tuned = theirs.filter(([peer]) => peer.tuned)
  const ourChinese = quantile(ours[0]!.times, 0.95)
  printTable(
    tuned.map(([peer, timed]) => {
      const their = quantile(timed.kinds.Chinese!.times, 0.95)
      return [`${peer.name}: p95 of Chinese, theirs over ours`, `${(their / ourChinese).toFixed(1)}×`]
    }),
  )
})
