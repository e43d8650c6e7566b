import { Session } from '../support/api.ts'
import { agent, editor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '想问问包装里有什么'
const PARTS = ['第一段：先打开包装。', '第二段：再看说明书。', '第三段：还有疑问就找我。']

test('pinyin finds the answer on a phone without a network', { tag: '@phone' }, async ({ desk, shopper, network }) => {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.readyForOffline()
  await network.cut()
  await expect(desk.banner).toBeVisible()

  await desk.choose('fahuo', '17:00')
  await expect(desk.composer).toHaveValue(/17:00/)
  const answer = await desk.composer.inputValue()
  await desk.send()
  await expect(desk.delivered('queued')).toHaveText([new RegExp(answer.slice(0, 8))])
  await network.restore()
  await expect(shopper.answers).toHaveText([new RegExp(answer.slice(0, 8))])
})

test('arrows choose, Enter takes, Escape leaves', { tag: '@laptop' }, async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, QUESTION)

  await desk.openSearch()
  await desk.search('发货')
  await expect(desk.choices.nth(1)).toBeVisible()
  const active = desk.page.locator('[role=option][aria-selected=true]')
  await expect(desk.choices.first()).toHaveAttribute('aria-selected', 'true')
  await desk.answerSearch.press('ArrowDown')
  await expect(desk.choices.nth(1)).toHaveAttribute('aria-selected', 'true')
  await expect(active).toHaveCount(1)
  await expect(desk.answerSearch).toHaveAttribute('aria-activedescendant', (await active.getAttribute('id'))!)
  await desk.answerSearch.press('ArrowUp')
  await desk.answerSearch.press('ArrowUp')
  await expect(desk.choices.last()).toHaveAttribute('aria-selected', 'true')
  const words = (await desk.choices.last().textContent())!
  await desk.answerSearch.press('Enter')
  await expect(desk.composer).toHaveValue(words)
  await expect(desk.composer).toBeFocused()

  await desk.composer.fill('')
  await desk.openSearch()
  await desk.search('退款')
  await desk.answerSearch.press('Escape')
  await expect(desk.composer).toBeFocused()
  await expect(desk.answerSearch).toHaveValue('')
  await expect(desk.composer).toHaveValue('')
})

test('what was chosen stands at the top before anything is typed', async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.choose('by', '满 68 元包邮')
  await desk.send()
  await expect(desk.delivered('sent')).toHaveCount(1)

  await desk.openSearch()
  await expect(desk.choices.first()).toContainText('满 68 元包邮')
})

test('an answer in parts is sent part by part, also over a reload', async ({ desk, shopper, server }) => {
  const keeper = await Session.signIn(server.origin, editor)
  await keeper.putArticle('开箱三步怎么做', PARTS.join('\n\n'), { shortcut: 'kx3' })
  await desk.startWith(agent, shopper, QUESTION)

  await desk.choose('kx3', PARTS[0]!)
  await expect(desk.composer).toHaveValue(PARTS[0]!)
  await desk.pressSend()
  await expect(desk.composer).toHaveValue(PARTS[1]!)
  await expect(desk.page.getByTestId('part')).toContainText('2/3')

  await desk.page.reload()
  await expect(desk.composer).toHaveValue(PARTS[1]!)
  await expect(desk.page.getByTestId('part')).toContainText('2/3')
  await desk.pressSend()
  await expect(desk.composer).toHaveValue(PARTS[2]!)
  await expect(shopper.answers).toHaveText([new RegExp(PARTS[0]!), new RegExp(PARTS[1]!)])

  await desk.page.getByTestId('part').getByRole('button').click()
  await expect(desk.composer).toHaveValue('')
  await expect(desk.page.getByTestId('part')).toBeHidden()
})
