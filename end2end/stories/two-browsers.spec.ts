import { Desk } from '../pages/desk.ts'
import { agent } from '../support/members.ts'
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
