import { Desk } from '../pages/desk.ts'
import { laptop, phone } from '../support/browser.ts'
import { agent } from '../support/members.ts'
import { Proxy } from '../support/proxy.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '退货运费谁出'

test('one member in two browsers sees one desk, and never answers twice unknowingly', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  const elsewhere = new Desk(await anotherPage(), server.origin)
  await desk.start(agent)
  await elsewhere.start(agent)
  await shopper.ask(QUESTION)
  await desk.openConversation(QUESTION)
  await elsewhere.openConversation(QUESTION)

  await network.cut()
  await desk.reply('写在断网的电脑上')
  await expect(desk.delivered('queued')).toHaveCount(1)
  await elsewhere.reply('质量问题由我们出运费。')
  await expect(elsewhere.delivered('sent')).toHaveCount(1)
  await expect(shopper.answers).toHaveText([/质量问题由我们出运费。/])

  await network.restore()
  await expect(desk.message('质量问题由我们出运费。')).toBeVisible()
  await expect(desk.delivered('held')).toHaveText(/写在断网的电脑上/)
  await shopper.page.reload()
  await expect(shopper.answers).toHaveText([/质量问题由我们出运费。/])
})

test('phone and laptop of one member: each shows what the other sent, and of two answers written offline one goes out', async ({
  browser,
  shopper,
  server,
}) => {
  const networks = [await Proxy.start(server.port), await Proxy.start(server.port)] as const
  const contexts = [await browser.newContext(phone), await browser.newContext(laptop)] as const
  const [onPhone, onLaptop] = [
    new Desk(await contexts[0].newPage(), networks[0].origin),
    new Desk(await contexts[1].newPage(), networks[1].origin),
  ]
  const desks = [onPhone, onLaptop]
  await shopper.ask(QUESTION)
  for (const desk of desks) {
    await desk.start(agent)
    await desk.openConversation(QUESTION)
  }
  await onPhone.reply('您先别急，我看一下。')
  await expect(onLaptop.delivered('sent')).toHaveText([/您先别急/])
  await onLaptop.reply('质量问题由我们出运费。')
  await expect(onPhone.delivered('sent')).toHaveText([/您先别急/, /质量问题/])

  for (const network of networks) await network.cut()
  for (const desk of desks) await expect(desk.banner).toBeVisible()
  await onPhone.reply('手机上写：上门取件免费。')
  await onLaptop.reply('电脑上写：可以约明天取件。')
  for (const desk of desks) await expect(desk.delivered('queued')).toHaveCount(1)

  await networks[0].restore()
  const sent = [/您先别急/, /质量问题/, /手机上写/]
  await expect(onPhone.delivered('sent')).toHaveText(sent, { timeout: 60_000 })
  await networks[1].restore()
  await expect(onLaptop.delivered('held')).toHaveText([/电脑上写/], { timeout: 60_000 })
  for (const desk of desks) await expect(desk.delivered('sent')).toHaveText(sent)
  await expect(onPhone.delivered('held')).toHaveCount(0)
  await expect(shopper.answers).toHaveText(sent)

  for (const context of contexts) await context.close()
  for (const network of networks) await network.cut()
})
