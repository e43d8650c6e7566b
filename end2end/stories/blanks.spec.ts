import { Session } from '../support/api.ts'
import { agent, editor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '我的包裹交给哪家了'
const ANSWER = '亲，订单{订单号}已交给{快递公司}，这是{店铺名}的承诺。'

test('an unfilled blank is asked for, refused, filled, and known the next time', async ({ desk, shopper, server }) => {
  const keeper = await Session.signIn(server.origin, editor)
  await keeper.putArticle('包裹交给哪家承运', ANSWER, { shortcut: 'cyr' })
  await desk.startWith(agent, shopper, QUESTION)

  await desk.choose('cyr', '承诺')
  await expect(desk.blanks).toHaveCount(2)
  await expect(desk.composer).not.toHaveValue(/店铺名/)
  await expect(desk.composer).toHaveValue(/\{订单号\}/)
  await desk.pressSend()
  await expect(desk.page.getByTestId('refused')).toContainText('订单号')
  await expect(desk.blanks.first()).toBeFocused()
  await expect(desk.delivered('queued').or(desk.delivered('sent'))).toHaveCount(0)

  await desk.blanks.first().fill('A20268832')
  await desk.blanks.first().press('Enter')
  await expect(desk.blanks).toHaveCount(1)
  await expect(desk.blanks.first()).toBeFocused()
  await desk.blanks.first().fill('顺丰')
  await desk.blanks.first().press('Enter')
  await expect(desk.blanks).toHaveCount(0)
  await expect(desk.composer).toHaveValue(/订单A20268832已交给顺丰/)
  await desk.send()
  await expect(shopper.answers).toHaveText([/订单A20268832已交给顺丰/])

  await desk.choose('cyr', '承诺')
  await expect(desk.composer).toHaveValue(/订单A20268832已交给顺丰/)
  await expect(desk.blanks).toHaveCount(0)
})

test('a blank that was pasted is refused too, and Tab goes to it', { tag: '@laptop' }, async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, QUESTION)

  await desk.composer.fill('亲，颜色是{客户选的颜色}，马上安排。')
  await expect(desk.blanks).toHaveCount(1)
  await desk.pressSend()
  await expect(desk.blanks.first()).toBeFocused()
  await desk.composer.press('Tab')
  await desk.page.keyboard.type('湖蓝')
  await expect(desk.composer).toHaveValue('亲，颜色是湖蓝，马上安排。')
  await expect(desk.blanks).toHaveCount(0)
  await desk.send()
  await expect(shopper.answers).toHaveText([/颜色是湖蓝/])
})
