import { Session, newId } from '../support/api.ts'
import type { Server } from '../support/server.ts'
import { agent, editor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '这款茶和别家的有什么不同'

const rule = (id: string, level: string, words: string, safe: string) => ({
  id,
  level,
  topic: 'own',
  phrases: [words],
  why: { zh: '店里约定不这样说', en: 'Agreed not to say so' },
  source: { zh: '店铺守则第 3 条', en: 'House rule 3' },
  safe,
})

async function keepRules(server: Server): Promise<void> {
  const keeper = await Session.signIn(server.origin, editor)
  const rules = [rule('boast', 'block', '独步天下', '很受欢迎'), rule('careful', 'warn', '随叫随到', '')]
  await keeper.give('pack.put', { id: newId(), fields: { name: '故事用的规则', edition: 1, rules }, base: 0 })
}

test('a blocked wording does not leave until its safe one takes its place', async ({ desk, shopper, server }) => {
  await keepRules(server)
  await desk.startWith(agent, shopper, QUESTION)

  await desk.composer.fill('我们家的茶独步天下哦')
  await expect(desk.finding).toHaveAttribute('data-level', 'block')
  await expect(desk.finding).toContainText('店里约定不这样说')
  await expect(desk.page.locator('.composer-back mark.block')).toHaveText('独步天下')
  await desk.pressSend()
  await expect(desk.page.getByTestId('refused')).toContainText('独步天下')
  await expect(desk.composer).toHaveValue('我们家的茶独步天下哦')

  await desk.finding.getByRole('button', { name: '依据' }).click()
  await expect(desk.finding).toContainText('店铺守则第 3 条')
  await desk.page.getByTestId('replace').click()
  await expect(desk.composer).toHaveValue('我们家的茶很受欢迎哦')
  await expect(desk.finding).toBeHidden()
  await desk.send()
  await expect(shopper.answers).toHaveText([/我们家的茶很受欢迎哦/])
})

test('a warning asks for a second press and a reason', async ({ desk, shopper, server }) => {
  await keepRules(server)
  await desk.startWith(agent, shopper, QUESTION)

  const words = '您有事我随叫随到'
  await desk.composer.fill(words)
  await expect(desk.finding).toHaveAttribute('data-level', 'warn')
  await desk.pressSend()
  await expect(desk.page.getByTestId('reasons')).toBeVisible()
  await desk.pressSend()
  await expect(desk.composer).toHaveValue(words)
  await desk.page.getByTestId('reason').fill('顾客住在楼下')
  await desk.send()
  await expect(desk.delivered('sent')).toHaveText([new RegExp(words)])
  await expect(shopper.answers).toHaveText([new RegExp(words)])
})

test('words that the server refuses come back to be changed', async ({ desk, shopper, server, network }) => {
  await desk.startWith(agent, shopper, QUESTION)
  await network.cut()
  await desk.reply('我们家的茶独步天下哦')
  await expect(desk.delivered('queued')).toHaveCount(1)
  // The rule was made while this device was away.
  await keepRules(server)
  await network.restore()
  const refused = desk.delivered('rejected')
  await expect(refused).toHaveCount(1)

  await refused.getByRole('button', { name: '再发一次' }).click()
  await expect(desk.composer).toHaveValue('我们家的茶独步天下哦')
  await desk.page.getByTestId('replace').click()
  await desk.send()
  await expect(shopper.answers).toHaveText([/我们家的茶很受欢迎哦/])
  await expect(refused).toHaveCount(0)
})
