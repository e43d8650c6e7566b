import { Desk } from '../pages/desk.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const ROUNDS = 8

test('what was typed in the very moment the page goes is there again', async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, '这款还有货吗')
  for (let round = 0; round < ROUNDS; round += 1) {
    const words = `第${round}次写到一半`
    await desk.composer.evaluate((field: HTMLTextAreaElement, words) => {
      // As a quick hand types: one change after the other, and no time for any of them to be written.
      for (let length = 1; length <= words.length; length += 1) {
        field.value = words.slice(0, length)
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      }
      Object.assign(window, { isLeft: true })
      location.reload()
    }, words)
    await desk.page.waitForFunction(() => !('isLeft' in window))
    await expect(desk.composer).toHaveValue(words)
  }
})

const QUESTION = '礼盒里有几罐茶'

test('what is begun on one device is offered on the other, and never goes in by itself', async ({
  desk: phone,
  shopper,
  server,
  anotherPage,
}) => {
  const laptop = new Desk(await anotherPage(), server.origin)
  await phone.start(agent)
  await laptop.start(agent)
  await shopper.ask(QUESTION)
  await phone.openConversation(QUESTION)
  await laptop.openConversation(QUESTION)

  await phone.composer.fill('亲，四罐')
  await expect(laptop.offered).toContainText('亲，四罐')
  await expect(laptop.composer).toHaveValue('')
  await expect(phone.offered).toBeHidden()
  await laptop.composer.fill('您好。')
  await expect(laptop.offered).toContainText('亲，四罐')
  await laptop.offered.getByRole('button', { name: '取用' }).click()
  await expect(laptop.composer).toHaveValue('您好。\n亲，四罐')
  await expect(laptop.offered).toBeHidden()
  await expect(phone.offered).toContainText('您好。')
  await expect(phone.composer).toHaveValue('亲，四罐')

  await phone.offered.getByRole('button', { name: '不用' }).click()
  await expect(phone.offered).toBeHidden()
  await laptop.reply('您好。四罐，每罐五十克。')
  await expect(shopper.answers).toHaveText([/每罐五十克/])
  await expect(laptop.banner).toBeHidden()
  await expect(phone.message('每罐五十克')).toBeVisible()
  await expect(phone.offered).toBeHidden()
  await expect(phone.composer).toHaveValue('亲，四罐')
})

test('a draft waits without a network, counts as nothing unsent, and is offered once there is one', async ({
  desk: phone,
  shopper,
  server,
  network,
  anotherPage,
}) => {
  await phone.startWith(agent, shopper, QUESTION)
  await network.cut()
  await expect(phone.banner).toBeVisible()
  await phone.composer.fill('亲，')
  await phone.page.waitForTimeout(6_000)
  await phone.composer.fill('亲，四罐')
  await expect(phone.banner).not.toContainText('1')

  const laptop = new Desk(await anotherPage(), server.origin)
  await laptop.start(agent)
  await laptop.openConversation(QUESTION)
  await expect(laptop.offered).toBeHidden()
  await network.restore()
  await expect(laptop.offered).toContainText('亲，四罐', { timeout: 60_000 })
})
