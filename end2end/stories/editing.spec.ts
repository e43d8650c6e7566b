import { Desk } from '../pages/desk.ts'
import { Shopper } from '../pages/shopper.ts'
import { Session } from '../support/api.ts'
import { agent, editor, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '茶席布能绣上名字吗'
const SAME_QUESTION = '茶席布可以绣上名字吗'
const REPLY = '可以绣的，四个字以内，多等三天。'

/** A button of the page. */
const press = (desk: Desk, name: string) => desk.page.getByRole('button', { name, exact: true }).first().click()

test('a question that nothing answered becomes an article in two clicks', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  await shopper.ask(QUESTION)
  const other = new Shopper(await anotherPage(), server.origin)
  await other.ask(SAME_QUESTION)
  const replying = await Session.signIn(server.origin, agent)
  for (const message of await replying.messages()) await replying.reply(message, REPLY)

  await desk.start(editor, '/desk/knowledge/unanswered')
  const group = desk.page.getByTestId('unanswered').filter({ hasText: '绣上名字' })
  await expect(group).toContainText(REPLY)
  await group.getByRole('button', { name: '做成词条' }).click()
  await expect(desk.page.getByLabel('答案')).toHaveValue(REPLY)
  await press(desk, '保存')
  await expect(desk.page).toHaveURL(/knowledge\/[0-9a-f-]{36}$/)

  await desk.open('/desk/answers')
  await desk.search('绣上名字')
  await expect(desk.answerHits.filter({ hasText: REPLY }).first()).toBeVisible()
})

test('a lesson is taken back without a network, and given again', async ({ desk, shopper, network, server }) => {
  await shopper.ask('宝贝咋还窝在仓里不挪窝')
  const choosing = await Session.signIn(server.origin, agent)
  const [article] = await choosing.rows<{ id: string; title: string }>('article')
  const entry = { kind: 'article', id: article!.id }
  await choosing.give('answer.choose', { entry, text: '宝贝咋还窝在仓里不挪窝', how: 'searched' })

  await desk.start(editor, '/desk/knowledge/lessons')
  const lesson = desk.page.locator('.lesson').filter({ hasText: '不挪窝' })
  await expect(lesson).toContainText(article!.title)
  await network.cut()
  await lesson.getByRole('button', { name: '收回' }).click()
  await expect(lesson.getByRole('button', { name: '恢复' })).toBeVisible()
  await network.restore()

  const looking = await Session.signIn(server.origin, supervisor)
  const taken = async () => (await looking.rows<{ taken_back?: boolean }>('lesson')).map(({ taken_back }) => taken_back)
  await expect.poll(taken).toEqual([true])
  await lesson.getByRole('button', { name: '恢复' }).click()
  await expect.poll(async () => (await taken())[0] ?? false).toBe(false)
})

test('a rule of the shop is written offline, tried, and speaks at an agent’s desk after the sync', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  await desk.start(editor, '/desk/knowledge/rules')
  await network.cut()
  await press(desk, '新规则')
  await desk.page.getByLabel('要找的词').fill('闭眼入')
  await desk.page.getByLabel('为什么（中文）').fill('店里约定不催着买')
  await press(desk, '禁止')
  await desk.page.getByLabel('试一句话').fill('这款闭眼入就行')
  await expect(desk.page.getByTestId('rule-finding')).toContainText('店里约定不催着买')
  await press(desk, '上个月会标出多少？')
  await expect(desk.page.getByTestId('trial')).toContainText('本机')
  await desk.page.reload()
  await expect(desk.page.getByLabel('要找的词')).toHaveValue('闭眼入')
  await press(desk, '保存')
  await expect(desk.page.getByRole('heading', { name: '本店规则' })).toBeVisible()
  await network.restore()

  const keeping = await Session.signIn(server.origin, editor)
  await expect.poll(async () => (await keeping.rows('pack')).length).toBe(1)
  const colleague = new Desk(await anotherPage(), server.origin)
  await colleague.startWith(agent, shopper, '这款怎么样')
  await colleague.composer.fill('亲，这款闭眼入')
  await expect(colleague.finding).toContainText('店里约定不催着买')
})

test('a rule that everybody’s words would meet is refused with its share', async ({ desk }) => {
  await desk.start(editor, '/desk/knowledge/rules')
  await press(desk, '新规则')
  await desk.page.getByLabel('要找的词').fill('的')
  await press(desk, '保存')
  await expect(desk.page.getByRole('alert').filter({ hasText: /“的”太宽：日常消息里有 \d+%/ })).toBeVisible()
  await expect(desk.page).toHaveURL(/rules\/edit$/)
})

test('a policy tells its gap, and answers once it is closed', async ({ desk }) => {
  await desk.start(editor, '/desk/knowledge/policies/new')
  const { page } = desk
  await page.getByLabel('关于什么').fill('无理由退货')
  await page.getByLabel('到第几天').fill('7')
  await page.getByLabel('对顾客怎么说').fill('签收七天内可以退的。')
  await expect(page.getByTestId('policy-gaps')).toContainText('第 8 天起')
  await page.getByLabel('签收第几天').fill('9')
  await expect(page.getByTestId('policy-try')).toContainText('还没有规则')

  await press(desk, '再加一条规则')
  const second = page.locator('.policy-rule').nth(1)
  await second.getByRole('button', { name: '不可以' }).click()
  await second.getByLabel('对顾客怎么说').fill('已经超过七天，退不了啦。')
  await expect(page.getByTestId('policy-gaps')).toContainText('每种情况都有规则')
  await expect(page.getByTestId('policy-try')).toContainText('已经超过七天')

  await second.getByRole('button', { name: '上移' }).click()
  await press(desk, '保存')
  await expect(page.getByRole('alert').filter({ hasText: '永远用不到' })).toBeVisible()
  await page.locator('.policy-rule').first().getByRole('button', { name: '下移' }).click()
  await press(desk, '保存')
  await expect(page).toHaveURL(/policies\/[0-9a-f-]{36}$/)
})

test('an agent reads rules and policies, and the editor’s pages say that they are not theirs', async ({ desk }) => {
  await desk.start(agent, '/desk/knowledge/rules')
  await expect(desk.page.getByTestId('test-box')).toBeVisible()
  await expect(desk.page.getByRole('button', { name: '新规则' })).toHaveCount(0)
  await desk.open('/desk/knowledge/lessons')
  await expect(desk.page.getByText('这个页面您用不到')).toBeVisible()
})
