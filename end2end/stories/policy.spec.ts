import { Session, newId } from '../support/api.ts'
import type { Server } from '../support/server.ts'
import { agent, editor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '收到6天了还能退吗'
const OPENED = '亲，已经拆封的不支持无理由退货，质量问题可以找我们。'
const UNOPENED = '亲，七天内未拆封可以退，运费由您承担。'
const FAULTY = '亲，质量问题可以退，来回运费我们承担。'

async function keepPolicy(server: Server): Promise<void> {
  const keeper = await Session.signIn(server.origin, editor)
  const rules = [
    { fault: true, to_day: 15, granted: true, payer: 'shop', within_days: 3, words: FAULTY },
    { fault: false, opened: false, to_day: 7, granted: true, payer: 'shopper', words: UNOPENED },
    { fault: false, opened: true, granted: false, payer: 'nobody', words: OPENED },
  ]
  await keeper.give('policy.put', { id: newId(), fields: { title: '退货', rules }, base: 0 })
}

test('a policy answers by case, without a network too', async ({ desk, shopper, server, network }) => {
  await keepPolicy(server)
  await desk.startWith(agent, shopper, QUESTION)
  await desk.readyForOffline()
  await network.cut()
  await expect(desk.banner).toBeVisible()

  const page = desk.page
  await page.getByTestId('policy-button').click()
  const found = page.getByTestId('policy-found')
  await expect(page.getByTestId('policy-day')).toHaveValue('6')
  await expect(found).toContainText('运费顾客出')
  await page.getByRole('button', { name: '加一天' }).click()
  await page.getByRole('button', { name: '加一天' }).click()
  await expect(found).toContainText('政策里没有写这种情况')

  const answer = (question: string, word: '是' | '否') =>
    page.getByRole('group', { name: question }).getByRole('button', { name: word, exact: true }).click()
  await answer('拆封或用过', '是')
  await expect(found).toContainText('不能办理')
  await answer('质量问题', '是')
  await expect(found).toContainText('可以办理')
  await expect(found).toContainText('3 天内处理完')

  await page.getByTestId('policy-take').click()
  await expect(desk.composer).toHaveValue(FAULTY)
  await desk.send()
  await expect(desk.delivered('queued')).toHaveCount(1)
  await network.restore()
  await expect(shopper.answers).toHaveText([new RegExp(FAULTY)])
})
