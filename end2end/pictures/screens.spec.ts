import { fileURLToPath } from 'node:url'

import type { Page } from '@playwright/test'

import { Session, newId } from '../support/api.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const FOLDER = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))
const QUESTION = '请问今天下单什么时候发货呀'
const OTHERS = ['茶壶是什么材质的', '可以改一下收货地址吗', '岩茶怎么泡？水温要多少', '你好，在吗', '退货的运费谁出呀']

const LOOKS = [
  { name: 'zh-light', locale: 'zh-CN', colorScheme: 'light' },
  { name: 'zh-dark', locale: 'zh-CN', colorScheme: 'dark' },
  { name: 'en-light', locale: 'en-US', colorScheme: 'light' },
] as const

async function shopperWrites(origin: string, text: string): Promise<void> {
  await fetch(`${origin}/c/demo/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: newId(), text }),
  })
}

for (const { name, locale, colorScheme } of LOOKS) {
  test.describe(name, () => {
    test.use({ locale, colorScheme })

    test('the main screens', async ({ desk, shopper, server, network }, info) => {
      const take = async (page: Page, screen: string): Promise<void> => {
        await page.evaluate(() => document.fonts.ready)
        await page.screenshot({
          path: `${FOLDER}${screen}-${info.project.name}-${name}.png`,
          animations: 'disabled',
          caret: 'hide',
          scale: 'css',
        })
      }
      await desk.open()
      await expect(desk.signInButton).toBeVisible()
      await take(desk.page, 'sign-in')

      await desk.signIn(agent)
      for (const text of OTHERS) await shopperWrites(server.origin, text)
      await shopper.ask(QUESTION)
      await expect(desk.row(QUESTION)).toBeVisible()
      await take(desk.page, 'inbox')

      await desk.openConversation(QUESTION)
      await expect(desk.suggestions.first()).toBeVisible()
      await desk.reply('亲，17 点前付款今天发出，单号晚点发您。')
      await expect(desk.delivered('sent')).toHaveCount(1)
      await expect(shopper.answers).toHaveCount(1)
      await take(shopper.page, 'shopper')
      await shopper.write('好的，那大概几天能到？')
      await expect(desk.message('大概几天能到')).toBeVisible()
      await take(desk.page, 'conversation')

      await desk.readyForOffline()
      await network.cut()
      await desk.reply('江浙沪一般隔天到，其他地方三天左右。')
      await expect(desk.delivered('queued')).toHaveCount(1)
      await expect(desk.banner).toBeVisible()
      await take(desk.page, 'offline')
      await network.restore()
      await expect(desk.delivered('sent')).toHaveCount(2)

      await desk.open('/desk/answers')
      await desk.search('fahuo')
      await expect(desk.answerHits.first()).toBeVisible()
      await take(desk.page, 'answers')
    })

    test("the supervisor's figures", async ({ desk, shopper, server }, info) => {
      const session = await Session.signIn(server.origin, agent)
      for (const text of OTHERS) await shopperWrites(server.origin, text)
      for (const message of await session.messages()) await session.reply(message, '亲，马上为您查一下。')
      await desk.start(supervisor, '/desk/figures')
      await shopper.ask(QUESTION)
      await expect(desk.page.getByTestId('waiting-now').locator('b')).toHaveText('1')
      await expect(desk.page.getByTestId('figures-total')).toBeVisible()
      await desk.page.screenshot({
        path: `${FOLDER}figures-${info.project.name}-${name}.png`,
        animations: 'disabled',
        scale: 'css',
      })
    })
  })
}
