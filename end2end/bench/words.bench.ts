import path from 'node:path'

import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'
import { writeArticles } from './articles.ts'
import { printHeading, printTable, quantile } from './print.ts'

const ARTICLES = 10_000
const REPLY_CHARS = 500
const LETTERS_TYPED = 60
const SENTENCE = '亲，您看中的这款瑜伽垫有现货，今天下午就能寄出，路上大约三天，收到后有任何问题都可以找我。'
const QUESTIONS = [
  '在吗',
  '瑜伽垫什么时候发货',
  '加大码手套怎么换货呀',
  '这个帐篷下雨天能用吗，我们周末要去山里露营，怕漏水',
  '好的',
  '礼盒装水杯可以开发票吗',
  '优惠券怎么领',
  '儿童款护膝尺码怎么选，孩子八岁，一米三，平时穿一百三的裤子',
  '退款要多久到账',
  '多久能到',
]

test('checking words and suggesting answers', async ({ desk, shopper, server }) => {
  const file = path.join(server.data, 'articles.jsonl')
  await writeArticles(file, ARTICLES)
  await server.command('import', 'articles', file)
  await shopper.ask(QUESTIONS[0]!)
  await desk.start(agent)
  await desk.readyForOffline()
  await desk.openConversation(QUESTIONS[0]!)

  const spans = (name: string): Promise<number[]> =>
    desk.page.evaluate((name) => performance.getEntriesByName(name).map(({ duration }) => duration), name)
  await desk.page.evaluate(() => performance.clearMeasures())
  for (const question of QUESTIONS.slice(1)) {
    await shopper.ask(question)
    await expect(desk.message(question)).toBeVisible()
  }
  const suggested = await spans('qinda.suggest')

  const words = SENTENCE.repeat(Math.ceil(REPLY_CHARS / SENTENCE.length)).slice(0, REPLY_CHARS)
  await desk.composer.fill(words.slice(0, -LETTERS_TYPED))
  await desk.page.evaluate(() => performance.clearMeasures())
  await desk.composer.pressSequentially(words.slice(-LETTERS_TYPED), { delay: 120 })
  const checked = await spans('qinda.check')

  printHeading(`Words, in Chromium, milliseconds`)
  printTable([
    ['', 'median', 'p95', 'worst', 'times'],
    ...Object.entries({
      [`the wording check over ${REPLY_CHARS} characters`]: checked,
      [`suggestions for a message, ${ARTICLES.toLocaleString('en')} articles`]: suggested,
    }).map(([name, times]) => [
      name,
      ...[0.5, 0.95, 1].map((share) => quantile(times, share).toFixed(2)),
      times.length,
    ]),
  ])
})
